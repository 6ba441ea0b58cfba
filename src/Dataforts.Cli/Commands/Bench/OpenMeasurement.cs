using Dataforts.Blobs;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Opening a store of a million chunks to write, after it was closed in order and after its writer was killed, against reading
/// its files.</summary>
internal sealed class OpenMeasurement()
    : Measurement("open", "open a store of 1,000,000 chunks after a clean close and after a kill", "open-clean", "open-killed")
{
    // Held by the writer that still works; whoever opens the copy makes them anew.
    private const string LockFiles = "lock";

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        PairedTurns clean = new(), killed = new();
        // The files as they lie while their writer works are what a kill leaves: the system's cache outlives the process.
        string torn = run.NewPath(), path;
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        await using (store)
        {
            path = store.Chunks.Path;
            await TinyChunks.FillAsync(run, store, cancellationToken);
            Copy(path, torn, cancellationToken);
        }
        await run.RepeatAsync(async counts =>
        {
            double read = run.Seconds(() => ReadAll(path, cancellationToken));
            double opening = await OpenAsync(run, path, cancellationToken);
            string copy = run.NewPath();
            Copy(torn, copy, cancellationToken);
            double readTorn = run.Seconds(() => ReadAll(copy, cancellationToken));
            double recovering = await OpenAsync(run, copy, cancellationToken);
            Directory.Delete(copy, recursive: true);
            if (!counts) return;
            clean.Add(opening, read);
            killed.Add(recovering, readTorn);
        }, cancellationToken);
        Directory.Delete(path, recursive: true);
        Directory.Delete(torn, recursive: true);
        const string LimitOf = "reading all files of the store once";
        return
        [
            clean.Row("open-clean", "s", LimitOf, BenchGoal.ValueAtMost(1)),
            killed.Row("open-killed", "s", LimitOf, BenchGoal.ValueAtMost(5)),
        ];
    }

    private static async Task<double> OpenAsync(BenchRun run, string path, CancellationToken cancellationToken)
    {
        BlobStore? store = null;
        double seconds = await run.SecondsAsync(async () =>
            store = await BlobStore.OpenAsync(new StoreOptions { Path = path, Writable = true, Time = run.Time }, cancellationToken));
        await using (store!)
        {
            int wanted = TinyChunks.CountIn(run);
            if (store!.Chunks.Info.Chunks != wanted) throw new InvalidOperationException($"{store.Chunks.Info.Chunks} chunks were found where {wanted} are");
        }
        return seconds;
    }

    private static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Path.GetFileName(path).StartsWith(LockFiles, StringComparison.Ordinal)) continue;
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // The writer's own handles do not mind: others may read.
            using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            using FileStream copy = new(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            source.CopyTo(copy, 1 << 20);
        }
    }

    private static void ReadAll(string folder, CancellationToken cancellationToken)
    {
        byte[] piece = new byte[1 << 20];
        foreach (string path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            while (file.Read(piece) > 0) cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
