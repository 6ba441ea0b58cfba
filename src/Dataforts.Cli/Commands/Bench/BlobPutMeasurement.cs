using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Small puts, several at a time, against a plain loop of writes and flushes.</summary>
internal sealed class BlobPutMeasurement(string name, string what, BlobPutLoad load, BenchGoal goal) : Measurement(name, what)
{
    public static readonly BlobPutLoad Medium = new(64 << 10, 8_192, 8, Durability.Buffered, 0, 1, "64 KiB pwrite to a fresh preallocated file");

    public static readonly BlobPutLoad MediumDurable = new(64 << 10, 4_096, 8, Durability.Durable, 8, 1, "a loop of 8 x 64 KiB pwrite and fdatasync");

    public static readonly BlobPutLoad TinyDurable = new(4 << 10, 65_536, 64, Durability.Durable, 1, 64, "64 x a loop of 4 KiB pwrite and fdatasync");

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var turns = new PairedTurns();
        int blobs = run.Scaled(load.Blobs, least: load.AtOnce);
        int writes = Math.Max(load.WritesPerFlush, blobs / load.Sharing);
        await run.RepeatAsync(async counts =>
        {
            double put = await PutAsync(run, blobs, cancellationToken);
            double plain;
            using (var file = new PlainFile(run.NewPath(), (long)writes * load.BlobBytes))
            {
                plain = run.Seconds(() =>
                    file.Write(run.Content.AsSpan(0, writes * load.BlobBytes), load.BlobBytes, load.WritesPerFlush, cancellationToken));
            }
            if (counts) turns.Add(blobs / put, load.Sharing * writes / plain);
        }, cancellationToken);
        return [turns.Row(Name, "blobs/s", load.LimitOf, goal)];
    }

    private async Task<double> PutAsync(BenchRun run, int blobs, CancellationToken cancellationToken)
    {
        var options = new PutOptions { Durability = load.Durability };
        byte[] content = run.Content;
        int next = -1;
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            return await run.SecondsAsync(() => Task.WhenAll(Enumerable.Range(0, load.AtOnce).Select(_ => Task.Run(WorkAsync, cancellationToken))));
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is int i && i < blobs)
            {
                await store.PutAsync(content.AsMemory(i * load.BlobBytes, load.BlobBytes), options, null, cancellationToken);
            }
        }
    }
}
