using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Directories;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Publishing and fetching a folder of small files, against <c>cp -r</c> of it in the same turn.</summary>
internal sealed class TreeMeasurement() : Measurement(
    "dir", "publish and fetch 10,000 files of 2 to 64 KiB", Put, Again, Get, GetSame, GetDurable)
{
    private const string Put = "dir-put", Again = "dir-put-again", Get = "dir-get", GetSame = "dir-get-same", GetDurable = "dir-get-durable";
    private const int Files = 10_000;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        int files = run.Scaled(Files, 200);
        string source = run.NewPath();
        SampleTree.Make(source, files, cancellationToken);
        PairedTurns put = new(), again = new(), get = new(), same = new(), durable = new();
        await run.RepeatAsync(async counts =>
        {
            double copy = await CopyAsync(run, source, syncs: false, cancellationToken);
            BlobStore store = await run.NewStoreAsync(cancellationToken);
            double puts, puts2, gets, sames, durables;
            try
            {
                var trees = new DirectoryStore(store);
                BlobRef? tree = null;
                puts = await run.SecondsAsync(async () => tree = (await trees.PublishAsync(source, null, null, cancellationToken)).Ref);
                puts2 = await run.SecondsAsync(() => trees.PublishAsync(source, null, null, cancellationToken));
                string target = run.NewPath();
                gets = await run.SecondsAsync(() => trees.MaterializeAsync(tree!, target, null, null, cancellationToken));
                sames = await run.SecondsAsync(() => trees.MaterializeAsync(tree!, target, null, null, cancellationToken));
                // Each pays for its own bytes.
                await SystemCopy.SyncAsync(cancellationToken);
                durables = await run.SecondsAsync(
                    () => trees.MaterializeAsync(tree!, run.NewPath(), new DirectoryGetOptions { Durability = Durability.Durable }, null, cancellationToken));
            }
            finally
            {
                await store.DisposeAsync();
            }
            double synced = await CopyAsync(run, source, syncs: true, cancellationToken);
            if (!counts) return;
            put.Add(files / puts, files / copy);
            again.Add(files / puts2, files / copy);
            get.Add(files / gets, files / copy);
            same.Add(files / sames, files / copy);
            durable.Add(files / durables, files / synced);
        }, cancellationToken);
        return
        [
            put.Row(Put, "files/s", "cp -r of the same folder", BenchGoal.RatioAtLeast(3)),
            again.Row(Again, "files/s", "cp -r; the tree is in the store already", null),
            get.Row(Get, "files/s", "cp -r of the same folder", BenchGoal.RatioAtLeast(1.5)),
            same.Row(GetSame, "files/s", "cp -r; the tree is in place already", null),
            durable.Row(GetDurable, "files/s", "cp -r and sync", BenchGoal.RatioAtLeast(1.5)),
        ];
    }

    // Nothing is removed before the end: a file system that gives out inodes anew shuns for some seconds those that were just given back.
    private static async Task<double> CopyAsync(BenchRun run, string source, bool syncs, CancellationToken cancellationToken)
    {
        string target = run.NewPath();
        double seconds = await run.SecondsAsync(() => SystemCopy.RunAsync(source, target, syncs, cancellationToken));
        return seconds;
    }
}
