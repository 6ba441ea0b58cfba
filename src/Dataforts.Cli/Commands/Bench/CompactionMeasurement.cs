using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Compacting a store half of which is garbage: what is written for each byte regained, and what readers notice.</summary>
internal sealed class CompactionMeasurement()
    : Measurement("compaction", "compaction at half garbage, and reading meanwhile", "compaction-writes", "compaction-get-p99")
{
    private const int ChunkBytes = 64 << 10;
    private const int Batch = 64;
    private const string SelfIo = "/proc/self/io";

    // The records of removals live, so that garbage is a little less than half of a segment.
    private readonly CompactionOptions _options = new() { MinGarbageRatio = 0.4 };

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var turns = new PairedTurns();
        List<double> amplification = [];
        await run.RepeatAsync(async counts =>
        {
            BlobStore store = await run.NewStoreAsync(cancellationToken, segmentBytes: Math.Max(4 << 20, run.FileBytes / 16));
            try
            {
                BlobHash[] live = await FillAsync(run, store.Chunks, cancellationToken);
                double idle = ReadWhile(run, store.Chunks, live, done => done >= live.Length, cancellationToken);
                long before = store.Chunks.Info.DiskBytes, written = WrittenBytes() ?? 0;
                Task<CompactionProgress> compaction = store.Chunks.CompactAsync(_options, null, cancellationToken);
                double busy = ReadWhile(run, store.Chunks, live, _ => compaction.IsCompleted, cancellationToken);
                CompactionProgress done = await compaction;
                double copied = WrittenBytes() - written ?? done.CopiedBytes;
                double regained = before - store.Chunks.Info.DiskBytes;
                if (regained <= 0) throw new InvalidOperationException("compaction gave nothing back");
                if (!counts) return;
                turns.Add(busy * 1e6, idle * 1e6);
                amplification.Add((copied + regained) / regained);
            }
            finally
            {
                await BenchRun.DropAsync(store);
            }
        }, cancellationToken);
        return
        [
            BenchRow.Single("compaction-writes", PairedTurns.Median(amplification), "B/B", 2, "one byte copied for each regained", BenchGoal.ValueAtMost(2.1)),
            turns.Row("compaction-get-p99", "us", "the same gets while nothing else goes on", BenchGoal.RatioAtMost(3)),
        ];
    }

    // Every other chunk is taken out again: what is left.
    private static async Task<BlobHash[]> FillAsync(BenchRun run, ChunkStore store, CancellationToken cancellationToken)
    {
        int count = run.FileBytes / 2 / ChunkBytes / 2 * 2;
        var hashes = new BlobHash[count];
        var chunks = new VerifiedChunk[Batch];
        var isNew = new bool[Batch];
        for (int at = 0; at < count; at += Batch)
        {
            int length = Math.Min(Batch, count - at);
            for (int i = 0; i < length; i++)
            {
                chunks[i] = ChunkVerifier.Hash(run.Content.AsMemory((at + i) * ChunkBytes, ChunkBytes));
                hashes[at + i] = chunks[i].Hash;
            }
            await store.StoreAsync(chunks.AsMemory(0, length), isNew.AsMemory(0, length), cancellationToken);
        }
        store.Remove([.. hashes.Where((_, i) => i % 2 == 0)]);
        await store.FlushAsync(cancellationToken);
        return [.. hashes.Where((_, i) => i % 2 == 1)];
    }

    // Reads at random; the seconds that one get in a hundred takes or exceeds.
    private static double ReadWhile(BenchRun run, ChunkStore store, BlobHash[] live, Func<int, bool> isOver, CancellationToken cancellationToken)
    {
        var random = new Random(4);
        List<double> seconds = [];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            seconds.Add(run.Seconds(() => store.Read(live[random.Next(live.Length)])!.Dispose()));
        }
        while (!isOver(seconds.Count));
        seconds.Sort();
        return seconds[seconds.Count * 99 / 100];
    }

    private static long? WrittenBytes()
    {
        const string Key = "wchar: ";
        if (!File.Exists(SelfIo)) return null;
        string line = File.ReadLines(SelfIo).First(text => text.StartsWith(Key, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Key.Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
