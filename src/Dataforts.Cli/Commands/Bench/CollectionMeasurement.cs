using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Lifecycle;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Collecting the same garbage out of a large and a small store, opening a large one with counts, and reading the counters.</summary>
internal sealed class CollectionMeasurement()
    : Measurement(
        "gc", "10,000 chunks of garbage out of 1,000,000 and of 100,000; open and count; read counters", "gc-garbage", "open-counted", "gc-counters")
{
    private const int ChunkBytes = 64;
    private const int LargeChunks = 1_000_000;
    private const int SmallChunks = 100_000;
    private const int GarbageChunks = 10_000;
    private const int Looks = 10_000;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        PairedTurns collecting = new(), opening = new(), looking = new();
        BlobStore large = await FillAsync(run, LargeChunks, cancellationToken), small = await FillAsync(run, SmallChunks, cancellationToken);
        string path = large.Chunks.Path;
        try
        {
            await using (var ofLarge = new Collector(large))
            await using (var ofSmall = new Collector(small))
            {
                int turn = 0;
                await run.RepeatAsync(async counts =>
                {
                    double many = await CollectAsync(run, large, ofLarge, ++turn, cancellationToken);
                    double few = await CollectAsync(run, small, ofSmall, turn, cancellationToken);
                    double lookMany = run.Seconds(() => Look(ofLarge)), lookFew = run.Seconds(() => Look(ofSmall));
                    if (!counts) return;
                    collecting.Add(many, few);
                    looking.Add(lookMany / Looks * 1e6, lookFew / Looks * 1e6);
                }, cancellationToken);
            }
            await large.DisposeAsync();
            await run.RepeatAsync(async counts =>
            {
                double plain = await run.SecondsAsync(async () => await (await OpenAsync(run, path, cancellationToken)).DisposeAsync());
                (double counted, BlobStore store) = await OpenCountedAsync(run, path, cancellationToken);
                await store.DisposeAsync();
                if (counts) opening.Add(counted, plain);
            }, cancellationToken);
        }
        finally
        {
            await BenchRun.DropAsync(large);
            await BenchRun.DropAsync(small);
        }
        return
        [
            collecting.Row("gc-garbage", "s", "the same garbage in a tenth of the chunks", BenchGoal.RatioAtMost(3)),
            opening.Row("open-counted", "s", "opening and closing without counts", BenchGoal.ValueAtMost(1)),
            looking.Row("gc-counters", "us", "the same of a tenth of the chunks", BenchGoal.RatioAtMost(2)),
        ];
    }

    private static async Task<BlobStore> FillAsync(BenchRun run, int chunks, CancellationToken cancellationToken)
    {
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        await PutAsync(run, store, chunks, seed: 0, "live", cancellationToken);
        return store;
    }

    // Other bytes for each seed: what is alike would be kept by the other's name.
    private static async Task PutAsync(BenchRun run, BlobStore store, int chunks, int seed, string name, CancellationToken cancellationToken)
    {
        byte[] content = new byte[run.Scaled(chunks, least: 1024) * ChunkBytes];
        new Random(seed + (chunks * 31)).NextBytes(content);
        var options = new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(ChunkBytes), Name = name };
        await store.PutAsync(content.AsMemory(), options, null, cancellationToken);
    }

    private static async Task<double> CollectAsync(BenchRun run, BlobStore store, Collector collector, int turn, CancellationToken cancellationToken)
    {
        await PutAsync(run, store, GarbageChunks, turn, "garbage", cancellationToken);
        await collector.SettleAsync(cancellationToken);
        store.Chunks.RemoveName("garbage");
        CollectionReport? report = null;
        double seconds = await run.SecondsAsync(async () =>
            report = await collector.CollectAsync(new CollectionOptions { SkipsGrace = true }, null, cancellationToken));
        if (report!.CollectedChunks < run.Scaled(GarbageChunks, least: 1024))
            throw new InvalidOperationException($"{report.CollectedChunks} chunks were collected");
        return seconds;
    }

    private static async Task<(double Seconds, BlobStore Store)> OpenCountedAsync(BenchRun run, string path, CancellationToken cancellationToken)
    {
        BlobStore? store = null;
        double seconds = await run.SecondsAsync(async () =>
        {
            store = await OpenAsync(run, path, cancellationToken);
            await using var collector = new Collector(store);
            await collector.SettleAsync(cancellationToken);
        });
        return (seconds, store!);
    }

    private static Task<BlobStore> OpenAsync(BenchRun run, string path, CancellationToken cancellationToken) =>
        BlobStore.OpenAsync(new StoreOptions { Path = path, Writable = true, Time = run.Time }, cancellationToken);

    private static void Look(Collector collector)
    {
        long sum = 0;
        for (int i = 0; i < Looks; i++) sum += collector.Counters.UnreferencedChunks;
        if (sum < 0) throw new InvalidOperationException("a count below zero");
    }
}
