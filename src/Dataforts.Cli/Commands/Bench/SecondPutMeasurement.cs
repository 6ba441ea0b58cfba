using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Putting a file that is in the store already, against only cutting and hashing it.</summary>
internal sealed class SecondPutMeasurement() : Measurement("put-1g-again", "put the same file again", "put-1g-again", "put-1g-again-stored")
{
    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var turns = new PairedTurns();
        long stored = 0;
        double megabytes = run.FileBytes / 1e6;
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            await PutAsync();
            await run.RepeatAsync(async counts =>
            {
                double put = await run.SecondsAsync(async () => stored += (await PutAsync()).StoredBytes);
                double pipe = await run.SecondsAsync(CutAsync);
                if (counts) turns.Add(megabytes / put, megabytes / pipe);
            }, cancellationToken);
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }
        return
        [
            turns.Row("put-1g-again", "MB/s", "cutting and hashing the file, as inspect chunks does", BenchGoal.RatioAtLeast(0.8)),
            BenchRow.Single("put-1g-again-stored", stored, "B", 0, "nothing new", BenchGoal.ValueAtMost(0)),
        ];

        async Task<PutResult> PutAsync()
        {
            await using FileStream content = run.OpenContent();
            return await store.PutAsync(content, null, null, cancellationToken);
        }

        async Task CutAsync()
        {
            await using FileStream content = run.OpenContent();
            await foreach (CutChunk chunk in new ChunkPipeline(store.Chunks.Profile).RunAsync(content, cancellationToken: cancellationToken)) _ = chunk;
        }
    }
}
