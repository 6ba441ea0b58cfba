using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>What the second half of a long put and a long get allocates, and which full collections come of it.</summary>
internal sealed class AllocationMeasurement()
    : Measurement("allocated", "allocated in steady streaming, put and get", "allocated-put", "allocated-get", "gen2-put", "gen2-get")
{
    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        List<double> putting = [], getting = [];
        int putCollections = 0, getCollections = 0;
        await run.RepeatAsync(async counts =>
        {
            BlobStore store = await run.NewStoreAsync(cancellationToken);
            try
            {
                await using FileStream content = run.OpenContent();
                int full = GC.CollectionCount(2);
                var half = new HalfWay(run.FileBytes);
                PutResult put = await store.PutAsync(content, null, half, cancellationToken);
                double perPut = half.AllocatedSince / (put.Chunks / 2.0);
                int between = GC.CollectionCount(2);
                half = new HalfWay(run.FileBytes);
                await store.CopyToAsync(put.Ref, Stream.Null, null, half, cancellationToken);
                double perGet = half.AllocatedSince / (put.Chunks / 2.0);
                if (!counts) return;
                putting.Add(perPut);
                getting.Add(perGet);
                putCollections += between - full;
                getCollections += GC.CollectionCount(2) - between;
            }
            finally
            {
                await BenchRun.DropAsync(store);
            }
        }, cancellationToken);
        BenchGoal little = BenchGoal.ValueAtMost(1024), none = BenchGoal.ValueAtMost(0);
        return
        [
            BenchRow.Single("allocated-put", PairedTurns.Median(putting), "B/chunk", 1024, "1 KiB", little),
            BenchRow.Single("allocated-get", PairedTurns.Median(getting), "B/chunk", 1024, "1 KiB", little),
            BenchRow.Single("gen2-put", putCollections, "times", 0, "none", none),
            BenchRow.Single("gen2-get", getCollections, "times", 0, "none", none),
        ];
    }
}
