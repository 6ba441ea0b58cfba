using Dataforts.Blobs;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>What the measurements of one run share: a folder, how much of everything, the clock.</summary>
internal sealed class BenchRun(string folder, long fileBytes, int turns, TimeProvider time, Action<string> remark)
{
    /// <summary>What the names of the measurements speak of.</summary>
    public const long FullBytes = 1L << 30;

    private const int PieceBytes = 1 << 20;
    private byte[]? _content;
    private int _paths;

    /// <summary>How large "1g" is in this run.</summary>
    public int FileBytes { get; } = (int)fileBytes;

    public int Turns { get; } = turns;

    public TimeProvider Time => time;

    public string Folder => folder;

    /// <summary>The file's bytes in memory.</summary>
    public byte[] Content => _content ??= MakeContent();

    private string ContentPath => Path.Combine(folder, "content");

    /// <summary>Says something to the person who waits.</summary>
    public void Remark(string message) => remark(message);

    /// <summary>A count that shrinks as the file does.</summary>
    public int Scaled(int count, int least) => (int)Math.Max(least, (long)count * FileBytes / FullBytes);

    /// <summary>A path at which nothing is.</summary>
    public string NewPath() => Path.Combine(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_paths++}"));

    /// <summary>Measures in turns; one more before them, which does not count, warms up.</summary>
    public async Task RepeatAsync(Func<bool, Task> turn, CancellationToken cancellationToken)
    {
        for (int i = 0; i <= Turns; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await turn(i > 0);
        }
    }

    /// <summary>The file, in the page cache after it was made.</summary>
    public FileStream OpenContent()
    {
        if (!File.Exists(ContentPath))
        {
            using FileStream file = File.Create(ContentPath);
            new BenchContent(FileBytes).CopyTo(file, PieceBytes);
        }
        return new FileStream(ContentPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
    }

    /// <summary>A store of its own; the caller closes it and deletes its folder.</summary>
    public Task<BlobStore> NewStoreAsync(CancellationToken cancellationToken, long segmentBytes = StoreLimits.DefaultSegmentBytes) =>
        BlobStore.OpenAsync(new StoreOptions { Path = NewPath(), Writable = true, SegmentBytes = segmentBytes, Time = time }, cancellationToken);

    /// <summary>Closes a store and removes it from the device.</summary>
    public static async Task DropAsync(BlobStore store)
    {
        await store.DisposeAsync();
        Directory.Delete(store.Chunks.Path, recursive: true);
    }

    /// <summary>Seconds that an action takes; never none, so that a rate can be made of them.</summary>
    public double Seconds(Action action)
    {
        long start = time.GetTimestamp();
        action();
        return SecondsSince(start);
    }

    /// <inheritdoc cref="Seconds"/>
    public async Task<double> SecondsAsync(Func<Task> action)
    {
        long start = time.GetTimestamp();
        await action();
        return SecondsSince(start);
    }

    private double SecondsSince(long start) => Math.Max(1e-7, time.GetElapsedTime(start).TotalSeconds);

    private byte[] MakeContent()
    {
        byte[] content = GC.AllocateUninitializedArray<byte>(FileBytes);
        new BenchContent(FileBytes).ReadExactly(content);
        return content;
    }
}
