using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Channels;

/// <summary>A process that appends in every durability is killed wherever it is, retention, collection and compaction under way.</summary>
public sealed class ChannelCrashTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_was_acknowledged_as_written_is_there_after_a_kill_with_its_number_and_blob() => KillAsync("fast", kills: 15);

    // In four tests, which come into different slices of the slow lane.
    [Fact]
    [Slow]
    public Task A_first_fifty_kills_lose_no_event_that_was_acknowledged_as_written() => KillAsync("first", kills: 50);

    [Fact]
    [Slow]
    public Task A_second_fifty_kills_lose_no_event_that_was_acknowledged_as_written() => KillAsync("second", kills: 50);

    [Fact]
    [Slow]
    public Task A_third_fifty_kills_lose_no_event_that_was_acknowledged_as_written() => KillAsync("third", kills: 50);

    [Fact]
    [Slow]
    public Task A_fourth_fifty_kills_lose_no_event_that_was_acknowledged_as_written() => KillAsync("fourth", kills: 50);

    private static async Task KillAsync(string round, int kills)
    {
        Random random = TestSeed.For($"{nameof(ChannelCrashTests)} {round}");
        using var folder = new TempFolder();
        var model = new Dictionary<string, Expected>(StringComparer.Ordinal);
        int append = random.Next(1_000_000);
        for (int kill = 0; kill < kills; kill++)
        {
            int lines = random.Next(300);
            TimeSpan rest = TimeSpan.FromMilliseconds(random.Next(8));
            append = Take(model, await RunAsync(folder["store"], append, lines, rest), append);
            await VerifyAsync(folder["store"], model, $"DATAFORTS_TEST_SEED={TestSeed.Value}, round {round}, kill {kill}, append {append}", kill % 3 == 0);
        }
        Assert.True(model.Values.Sum(channel => channel.Events.Count) > kills, "next to nothing was appended");
    }

    private static async Task<List<string>> RunAsync(string path, int append, int lines, TimeSpan rest)
    {
        using ChildProcess child = ChildProcess.Start("publish", path, append.ToString(CultureInfo.InvariantCulture));
        var said = new List<string>();
        for (int i = 0; i < lines; i++)
        {
            string? line = await child.ReadLineAsync();
            Assert.NotNull(line);
            said.Add(line);
        }
        await Task.Delay(rest, Cancel);
        child.Kill();
        await child.WaitAsync();
        said.AddRange(await child.ReadRestAsync());
        return said;
    }

    // Says with which append to go on.
    private static int Take(Dictionary<string, Expected> model, List<string> said, int append)
    {
        foreach (string[] words in said.Select(line => line.Split(' ')))
        {
            append = int.Parse(words[1], CultureInfo.InvariantCulture);
            if (!model.TryGetValue(words[2], out Expected? channel)) model.Add(words[2], channel = new Expected());
            int count = int.Parse(words[3], CultureInfo.InvariantCulture);
            if (words[0] == "?") channel.Unsure = (append, count);
            else channel.Acknowledge(append, count, int.Parse(words[4], CultureInfo.InvariantCulture), words[5] != nameof(Durability.Volatile));
        }
        return append + 1;
    }

    private static async Task VerifyAsync(string path, Dictionary<string, Expected> model, string where, bool readsFirst)
    {
        StoreOptions options = SampleStore.OptionsOf(path);
        if (readsFirst)
        {
            await using BlobStore reader = await BlobStore.OpenAsync(options with { Writable = false }, Cancel);
            await CheckAsync(reader, model, where + ", read", adopts: false);
        }
        await using BlobStore store = await BlobStore.OpenAsync(options, Cancel);
        await CheckAsync(store, model, where, adopts: true);
        Assert.True(store.Chunks.FindDamagedFiles(Cancel).Count == 0, where + ": " + string.Join('\n', store.Chunks.DescribeDamage()));
    }

    private static async Task CheckAsync(BlobStore store, Dictionary<string, Expected> model, string where, bool adopts)
    {
        foreach ((string name, Expected expected) in model)
        {
            string at = $"{where}, {name}";
            StoredChannel? channel = store.Chunks.Events.Find(name);
            Assert.True(channel is not null || expected.Written == 0, $"{at}: is lost");
            if (channel is null) continue;
            Assert.True((int)channel.Next >= expected.Written, $"{at}: ends at {channel.Next}, and {expected.Written} were written");
            EventRetention kept = Publisher.KeptOf(name);
            if (kept == EventRetention.Everything) Assert.True(channel.First == 0, $"{at}: begins at {channel.First}");
            if (kept.MaxCount is { } most)
                Assert.True((long)channel.First == Math.Max(0, (long)channel.Next - most), $"{at}: {channel.First} of {channel.Next}");
            var found = new List<byte[]>();
            using var page = new EventPage();
            for (ulong next = channel.First; next < channel.Next; next = page.Next)
            {
                channel.Read(next, 1 << 20, 1 << 20, page);
                Assert.True(page.Gap == EventGap.None, $"{at}: {page.Gap} at {next}");
                foreach (StoredEvent one in page.Events)
                    found.Add(one.IsRef ? await store.ReadBytesAsync(BlobRef.Decode(one.Payload.Span), null, Cancel) : one.Payload.ToArray());
            }
            Assert.Equal(name == Publisher.Refs && found.Count > 0, found.Count > 0 && IsRef(channel));
            if (kept.MaxBytes is { } bytes)
                Assert.True(found.Count == 1 || found.Sum(one => one.Length + EventLimits.EventOverheadBytes) <= bytes, $"{at}: {found.Count} events stay");
            expected.Check((int)channel.First, found, at, adopts);
        }
    }

    private static bool IsRef(StoredChannel channel)
    {
        using var page = new EventPage();
        channel.Read(channel.First, 1, 1, page);
        return page[0].IsRef;
    }

    /// <summary>What must be in a channel.</summary>
    private sealed class Expected
    {
        /// <summary>What its events are, from 0 on; those behind <see cref="Written"/> may be lost.</summary>
        public List<(int Append, int Index)> Events { get; } = [];

        public int Written { get; private set; }

        public (int Append, int Count)? Unsure { get; set; }

        public void Acknowledge(int append, int count, int first, bool isWritten)
        {
            Assert.True(first == Events.Count, $"append {append} got number {first}, and {Events.Count} were given");
            for (int i = 0; i < count; i++) Events.Add((append, i));
            // Of a channel nothing is written before what was appended earlier.
            if (isWritten) Written = Events.Count;
            Unsure = null;
        }

        public void Check(int first, List<byte[]> found, string where, bool adopts)
        {
            List<(int Append, int Index)> all = [.. Events];
            if (Unsure is { } unsure) all.AddRange(Enumerable.Range(0, unsure.Count).Select(index => (unsure.Append, index)));
            int next = first + found.Count;
            Assert.True(next <= all.Count, $"{where}: {next} events, and {all.Count} were appended");
            for (int i = 0; i < found.Count; i++)
            {
                (int append, int index) = all[first + i];
                bool isSame = found[i].AsSpan().SequenceEqual(Publisher.PayloadOf(append, index));
                Assert.True(isSame, $"{where}: event {first + i} is not the {index}. of append {append}");
            }
            if (!adopts) return;
            Events.Clear();
            Events.AddRange(all[..next]);
            Written = next;
            Unsure = null;
        }
    }
}
