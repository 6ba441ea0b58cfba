using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Random gets of small blobs, verified, against hashing as many pieces of memory as random.</summary>
internal sealed class BlobGetMeasurement() : Measurement("get-64k", "64 KiB random gets, one and eight at a time", "get-64k-1", "get-64k-8")
{
    private const int BlobBytes = 64 << 10;
    private const int Many = 8;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        int blobs = run.Scaled(8_192, least: Many);
        PairedTurns one = new(), many = new();
        int[] order = [.. Enumerable.Range(0, blobs)];
        new Random(1).Shuffle(order);
        byte[] hash = new byte[Blake3.HashSizeBytes];
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            BlobRef[] refs = new BlobRef[blobs];
            for (int i = 0; i < blobs; i++)
            {
                using var blob = new MemoryStream(run.Content, i * BlobBytes, BlobBytes, writable: false);
                refs[i] = (await store.PutAsync(blob, null, null, cancellationToken)).Ref;
            }
            await run.RepeatAsync(async counts =>
            {
                double single = await GetAsync(run, store, refs, order, 1, cancellationToken);
                double hashing = run.Seconds(() =>
                {
                    foreach (int i in order) Blake3.Hash(run.Content.AsSpan(i * BlobBytes, BlobBytes), hash);
                });
                double several = await GetAsync(run, store, refs, order, Many, cancellationToken);
                if (!counts) return;
                one.Add(blobs / single, blobs / hashing);
                many.Add(blobs / several, blobs / hashing);
            }, cancellationToken);
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }
        const string LimitOf = "one-thread BLAKE3 of 64 KiB pieces of memory";
        return
        [
            one.Row("get-64k-1", "blobs/s", LimitOf, BenchGoal.RatioAtLeast(0.35)),
            many.Row("get-64k-8", "blobs/s", LimitOf, BenchGoal.RatioAtLeast(0.5)),
        ];
    }

    private static Task<double> GetAsync(
        BenchRun run, BlobStore store, BlobRef[] refs, int[] order, int atOnce, CancellationToken cancellationToken)
    {
        int next = -1;
        return run.SecondsAsync(() => Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(WorkAsync, cancellationToken))));

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is int i && i < order.Length)
                await store.CopyToAsync(refs[order[i]], Stream.Null, null, null, cancellationToken);
        }
    }
}
