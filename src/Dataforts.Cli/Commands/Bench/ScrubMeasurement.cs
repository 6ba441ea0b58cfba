using Dataforts.Blobs;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Scrubbing a store, against reading its files from the device and doing nothing with them.</summary>
internal sealed class ScrubMeasurement() : Measurement("scrub", "scrub a store, one thread")
{
    private const int ReadBytes = 1 << 20;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var turns = new PairedTurns();
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            await using (FileStream content = run.OpenContent()) await store.PutAsync(content, null, null, cancellationToken);
            // What is not on the device cannot be dropped from the cache.
            await store.Chunks.FlushAsync(cancellationToken);
            double megabytes = store.Chunks.Info.DiskBytes / 1e6;
            await run.RepeatAsync(async counts =>
            {
                store.Chunks.DropCache();
                double reading = run.Seconds(() => ReadFiles(store.Chunks.Path, cancellationToken));
                double scrub = await run.SecondsAsync(() => ScrubAsync(store.Chunks, cancellationToken));
                if (counts) turns.Add(megabytes / scrub, megabytes / reading);
            }, cancellationToken);
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }
        return [turns.Row(Name, "MB/s", "reading the segment files, cache dropped", null)];
    }

    private static async Task ScrubAsync(ChunkStore store, CancellationToken cancellationToken)
    {
        ScrubReport report = await store.ScrubAsync(cancellationToken: cancellationToken);
        if (!report.IsSound || report.Chunks != store.Info.Chunks) throw new InvalidOperationException("the scrub did not find a whole store");
    }

    private static void ReadFiles(string path, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ReadBytes];
        foreach (string file in Directory.EnumerateFiles(path, "*.segment", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            while (stream.Read(buffer) > 0) cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
