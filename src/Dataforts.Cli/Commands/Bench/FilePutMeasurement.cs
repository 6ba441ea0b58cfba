using Dataforts.Blobs;
using Dataforts.Hashing;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Putting a file into a fresh store, against writing the same bytes plainly, hashing them, and copying the file.</summary>
internal sealed class FilePutMeasurement()
    : Measurement("put-1g", "put a file of 1 GiB into a fresh store, buffered", "put-1g", "put-1g-of-copy", "put-1g-of-hash", "put-1g-of-write-hash")
{
    private const int PieceBytes = 1 << 20;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        PairedTurns writes = new(), copies = new(), hashes = new(), both = new();
        double megabytes = run.FileBytes / 1e6;
        byte[] hash = new byte[Blake3.HashSizeBytes], piece = new byte[PieceBytes];
        await run.RepeatAsync(async counts =>
        {
            double put = await PutAsync(run, new PutOptions(), cancellationToken);
            double write, copy;
            using (var file = new PlainFile(run.NewPath(), run.FileBytes))
                write = run.Seconds(() => file.Write(run.Content, PieceBytes, 0, cancellationToken));
            await using (FileStream source = run.OpenContent())
            await using (FileStream target = new(run.NewPath(), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose))
                copy = run.Seconds(() => Copy(source, target, piece, cancellationToken));
            double hashing = run.Seconds(() => Blake3.Hash(run.Content, hash));
            if (!counts) return;
            writes.Add(megabytes / put, megabytes / write);
            copies.Add(megabytes / put, megabytes / copy);
            hashes.Add(megabytes / put, megabytes / hashing);
            both.Add(megabytes / put, megabytes / (write + hashing));
        }, cancellationToken);
        return
        [
            writes.Row("put-1g", "MB/s", "1 MiB pwrite to a fresh preallocated file", null),
            copies.Row("put-1g-of-copy", "MB/s", "copying the file, 1 MiB read and write", null),
            hashes.Row("put-1g-of-hash", "MB/s", "one-thread BLAKE3", null),
            both.Row("put-1g-of-write-hash", "MB/s", "that pwrite, then that BLAKE3", null),
        ];
    }

    /// <summary>Seconds to put the file into a store that is there for this alone; opening and closing it do not count.</summary>
    public static async Task<double> PutAsync(BenchRun run, PutOptions options, CancellationToken cancellationToken)
    {
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            await using FileStream content = run.OpenContent();
            return await run.SecondsAsync(() => store.PutAsync(content, options, null, cancellationToken));
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }
    }

    private static void Copy(FileStream source, FileStream target, byte[] piece, CancellationToken cancellationToken)
    {
        while (source.Read(piece) is > 0 and int read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            target.Write(piece, 0, read);
        }
    }
}
