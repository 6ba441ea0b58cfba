using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Promises;

/// <summary>A writer at work on a recording device: everything a store can be asked for, in an order that a seed chooses.</summary>
/// <remarks>Of its chunks the even ones are never removed, and only they are named and pinned.</remarks>
internal sealed class DurableWorkload : IAsyncDisposable
{
    private const int Chunks = 120;
    private const int Names = 8;
    private const int Channels = 3;

    private readonly ScratchFolder _folder = new();
    private readonly List<ChunkStore> _dead = [];
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly HashSet<int> _pinned = [];
    private readonly Random _random;
    private readonly long _segmentBytes;
    private string _root;
    private int _lives;
    private RecordingDevice _device;
    private ChunkStore? _store;

    public DurableWorkload(int seed, long segmentBytes)
    {
        _random = new Random(seed);
        _segmentBytes = segmentBytes;
        Ledger = new Ledger(Recording);
        _root = _folder["0"];
        Directory.CreateDirectory(_root);
        _device = new RecordingDevice(Faults, Recording, _root);
    }

    /// <summary>What goes wrong.</summary>
    public FaultyDevice Faults { get; } = new(StorageDevice.System);

    /// <summary>How often it went wrong in <see cref="RunWithAsync"/>.</summary>
    public int Fired { get; private set; }

    /// <summary>What the store said when something went wrong.</summary>
    public List<DatafortsException> Refusals { get; } = [];

    /// <summary>What the device did.</summary>
    public Recording Recording { get; } = new();

    /// <summary>What the writer was asked for and promised.</summary>
    public Ledger Ledger { get; }

    /// <summary>The store that is open.</summary>
    public ChunkStore Store => _store!;

    /// <summary>The folder of the store on the live disk.</summary>
    public string Path => System.IO.Path.Combine(_root, StoreName);

    /// <summary>Where the store is on the recorded disk.</summary>
    public string StoreName { get; init; } = "some/where/store";

    /// <summary>Does so many things, with everything in between that a long life brings.</summary>
    public async Task RunAsync(int steps)
    {
        await OpenAsync();
        for (int i = 0; i < steps; i++) await StepAsync(_random.Next(100));
        await FlushAsync();
    }

    /// <summary>Opens the store.</summary>
    public async Task OpenAsync()
    {
        Recording.Phase = "open";
        _store = await ChunkStore.OpenAsync(new StoreOptions
        {
            Path = Path,
            Writable = true,
            SegmentBytes = _segmentBytes,
            Time = _time,
            Device = _device,
            MaxOpenFiles = 2,
            LockTimeout = TimeSpan.Zero,
        }, TestContext.Current.CancellationToken);
        Recording.Phase = "work";
    }

    /// <summary>Closes it in order.</summary>
    public async Task CloseAsync()
    {
        Recording.Phase = RecordingDevice.Closing;
        ChunkStore closing = Store;
        _store = null;
        await closing.DisposeAsync();
    }

    /// <summary>As <see cref="RunAsync"/>, with a device on which something goes wrong: what is refused is noted, and the work goes on.</summary>
    public async Task RunWithAsync(Fault fault, int steps)
    {
        Faults.Fault = fault;
        for (int i = 0; i <= steps; i++)
        {
            bool isLast = i == steps;
            await TryAsync(fault, () => _store is null ? OpenAsync() : isLast ? FlushAsync() : StepAsync(_random.Next(100)));
            if (_store is null && fault.IsLasting && Faults.Fired > 0) Faults.Mend();
            // A flush in the background may have met it, and nobody was told before another opened the store.
            if (fault.LosesPages && Faults.Fired > 0) Ledger.Doubt(Ledger.Promised);
        }
        Fired = Faults.Fired;
        Faults.Fault = null;
        if (_store is null) await OpenAsync();
        await FlushAsync();
    }

    private async Task TryAsync(Fault fault, Func<Task> step)
    {
        int before = Ledger.Changes;
        try
        {
            await step();
        }
        catch (DatafortsException error)
        {
            Refusals.Add(error);
            Ledger.Doubt(before);
            if (fault.LosesPages) Ledger.Doubt(Ledger.Promised);
            if (_store is null) return;
            Recording.Phase = "work";
            // What still works: reads, always, but for those that are what goes wrong.
            // A device that forgets leaves names of chunks that are gone, until the store, which takes no more, is opened again.
            if (fault.Deed is not (DeviceDeed.Read or DeviceDeed.Open) && !fault.LosesPages) Ledger.CheckAll(Store);
            // It takes no more until it is opened again, for good or because too much was refused.
            if (Store.Condition.ReadOnlyReason is null) return;
            await CloseAsync();
        }
    }

    /// <summary>The process dies, the system lives: another finds what was in the cache.</summary>
    public async Task DieAsync()
    {
        _device.Die();
        _dead.Add(Store);
        _store = null;
        string next = _folder[$"{++_lives}"];
        ScratchFolder.Copy(_root, next);
        _root = next;
        // The copy leaves out folders without files.
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "log"));
        _device = new RecordingDevice(Faults, Recording, _root);
        await OpenAsync();
    }

    /// <summary>Makes the store's folder before the store is made, as someone does who does not wait for the device.</summary>
    public void MakeFolder() => _device.CreateFolder(Path);

    /// <summary>Something on the disk turns eight bytes of a file over.</summary>
    public void Harm(string name, int offset)
    {
        string path = System.IO.Path.Combine(Path, name);
        byte[] bytes = File.ReadAllBytes(path);
        for (int i = offset; i < offset + 8; i++) bytes[i] ^= 0xFF;
        using StorageFile file = _device.Open(path, writable: true);
        file.Write(bytes.AsSpan(offset, 8), offset);
    }

    /// <summary>A write that was under way when the process died leaves a part of itself at a file's end.</summary>
    public void Tear(string name)
    {
        using StorageFile file = _device.Open(System.IO.Path.Combine(Path, name), writable: true);
        file.Write(SpecRandom.Bytes(1, 100), file.Length);
    }

    /// <summary>Puts chunks.</summary>
    public void Put(params int[] numbers) => Store.Put([.. numbers.Select(number => Ledger.Put(ContentOf(number)))], new bool[numbers.Length]);

    /// <summary>Removes a chunk.</summary>
    public void Remove(int number)
    {
        BlobHash hash = BlobHash.Compute(ContentOf(number));
        Ledger.Remove(hash);
        Store.Remove([hash]);
    }

    /// <summary>Puts a chunk and names it.</summary>
    public void Name(string name, int number)
    {
        Put(number);
        Ledger.Name(name, RefOf(number));
        Store.SetName(name, RefOf(number));
        _named.Add(name);
    }

    /// <summary>Waits for stable storage and notes the promise.</summary>
    public async Task FlushAsync()
    {
        int changes = Ledger.Changes;
        await Store.FlushAsync(TestContext.Current.CancellationToken);
        Ledger.Promise(changes);
    }

    /// <summary>Compacts all that has some garbage.</summary>
    public async Task CompactAsync()
    {
        Recording.Phase = "compact";
        await Store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.2 }, cancellationToken: TestContext.Current.CancellationToken);
        Recording.Phase = "work";
    }

    public async ValueTask DisposeAsync()
    {
        _device.Die();
        if (_store is not null) _dead.Add(_store);
        foreach (ChunkStore store in _dead) await EndAsync(store);
        _folder.Dispose();
    }

    // On a dead device it cannot be closed in order, and says so.
    private static async Task EndAsync(ChunkStore store)
    {
        try
        {
            await store.DisposeAsync();
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.Io)
        {
            Assert.Contains("in order", error.Message, StringComparison.Ordinal);
        }
    }

    private async Task StepAsync(int percent)
    {
        int chunk = _random.Next(Chunks);
        if (percent < 15) Put(chunk);
        else if (percent < 27) Append($"channel-{chunk % Channels}", 1 + (chunk % 7));
        else if (percent < 30) Trim($"channel-{chunk % Channels}", chunk);
        else if (percent < 40) Put([.. Enumerable.Range(0, 12).Select(_ => _random.Next(Chunks)).Distinct()]);
        else if (percent < 55) Name($"name-{_random.Next(Names)}", chunk & ~1);
        else if (percent < 60) RemoveName();
        else if (percent < 65) Pin(chunk & ~1);
        else if (percent < 77) Remove(chunk | 1);
        else if (percent < 89) await FlushAsync();
        else if (percent < 92) _time.Advance(TimeSpan.FromSeconds(2.5));
        else if (percent < 95) await CompactAsync();
        else if (percent < 97) await DieAsync();
        else
        {
            await CloseAsync();
            await OpenAsync();
        }
    }

    private void Append(string name, int count)
    {
        StoredChannel channel = Store.Events.OpenOrCreate(name, EventRetention.Everything);
        byte[][] payloads = [.. Enumerable.Range(0, count).Select(_ => SpecRandom.Bytes((ulong)_random.Next(), _random.Next(900)))];
        for (int i = 0; i < count; i++) Ledger.Event(name, channel.Next + (ulong)i, payloads[i]);
        Assert.True(channel.TryAppend([.. payloads.Select(payload => new NewEvent(payload))], null, out _));
    }

    private void Trim(string name, int left)
    {
        if (Store.Events.Find(name) is not { } channel) return;
        ulong upTo = channel.Next - Math.Min(channel.Next - channel.First, (ulong)left);
        for (ulong sequence = channel.First; sequence < upTo; sequence++) Ledger.DropEvent(name, sequence);
        channel.Trim(upTo);
    }

    private void RemoveName()
    {
        if (_named.FirstOrDefault() is not { } name) return;
        _named.Remove(name);
        Ledger.Name(name, null);
        Store.RemoveName(name);
    }

    private void Pin(int number)
    {
        Put(number);
        bool isSet = _pinned.Add(number);
        Ledger.Pin(RefOf(number), isSet);
        if (isSet) Store.Pin(RefOf(number));
        else Store.Unpin(RefOf(number));
        if (!isSet) _pinned.Remove(number);
    }

    private static byte[] ContentOf(int number) => SpecRandom.Bytes((ulong)number + 1, (number % 8) switch
    {
        0 => 17,
        1 => 20_000,
        5 => 9_000,
        _ => 50 + (number * 37 % 3000),
    });

    private static SmallRef RefOf(int number)
    {
        byte[] content = ContentOf(number);
        return SmallRef.Create(BlobHash.Compute(content), (ulong)content.Length);
    }
}
