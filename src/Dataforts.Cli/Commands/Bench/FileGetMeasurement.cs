using Dataforts.Blobs;
using Dataforts.Hashing;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Getting a file, verified, to nowhere, against hashing the same bytes in memory.</summary>
internal sealed class FileGetMeasurement() : Measurement("get-1g", "get a file of 1 GiB, verified, to a null sink")
{
    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var turns = new PairedTurns();
        double megabytes = run.FileBytes / 1e6;
        byte[] hash = new byte[Blake3.HashSizeBytes];
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            PutResult put;
            await using (FileStream content = run.OpenContent()) put = await store.PutAsync(content, null, null, cancellationToken);
            await run.RepeatAsync(async counts =>
            {
                double get = await run.SecondsAsync(() => store.CopyToAsync(put.Ref, Stream.Null, null, null, cancellationToken));
                double hashing = run.Seconds(() => Blake3.Hash(run.Content, hash));
                if (counts) turns.Add(megabytes / get, megabytes / hashing);
            }, cancellationToken);
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }
        return [turns.Row(Name, "MB/s", "one-thread BLAKE3", BenchGoal.RatioAtLeast(0.7))];
    }
}
