using System.Collections.Concurrent;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobStore
{
    /// <summary>Reads and verifies every distinct chunk and node of a blob, and says what is missing or wrong.</summary>
    public async Task<BlobStat> StatAsync(BlobRef blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        var walk = new ReachabilityWalk(Chunks, new TreeNodeCache(0));
        await walk.VisitAsync(blob, cancellationToken).ConfigureAwait(false);
        IReadOnlyCollection<BlobHash> corrupt = await CheckAsync(walk.Data, null, cancellationToken).ConfigureAwait(false);
        return new BlobStat(Sorted(walk.Missing), Sorted(walk.Corrupt.Union(corrupt)), walk.Data.Count);
    }

    /// <summary>Checks every stored chunk, everything that names, pins and explicit references reach, and the files themselves.</summary>
    /// <param name="fromDevice">Ask the system to drop what it has cached first, so that the device is what is checked.</param>
    /// <param name="progress">Told as chunks are checked.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<StoreVerification> VerifyAsync(
        bool fromDevice = false, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (fromDevice) Chunks.DropCache();
        List<KeyValuePair<BlobHash, int>> stored = Chunks.EnumerateByPlace();
        long total = stored.Sum(chunk => (long)chunk.Value);
        IReadOnlyCollection<BlobHash> corrupt = await CheckAsync(
            stored.Select(chunk => chunk.Key), new CheckedBytes(progress, total), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> damaged = Chunks.FindDamagedFiles(cancellationToken);
        var walk = new ReachabilityWalk(Chunks, new TreeNodeCache(0));
        foreach (BlobRef root in Roots(damaged.Count > 0))
        {
            await walk.VisitAsync(root, cancellationToken).ConfigureAwait(false);
            if (root is ManifestRef manifest && !Chunks.Contains(ManifestAddress.Of(manifest).ChunkHash))
                walk.Missing.Add(ManifestAddress.Of(manifest).ChunkHash);
        }
        return new StoreVerification(stored.Count, total, Sorted(walk.Corrupt.Union(corrupt)), Sorted(walk.Missing), damaged);
    }

    // Where the log's names cannot be read, that is in the list of damaged files, and the chunks have been checked all the same.
    private List<BlobRef> Roots(bool isDamaged)
    {
        try
        {
            return
            [
                .. Chunks.ListNames().Select(entry => entry.Ref), .. Chunks.ListPins().Select(pin => pin.Ref),
                .. Chunks.ListLeases().Where(lease => !lease.IsGrace).Select(lease => lease.Ref),
            ];
        }
        catch (DatafortsException error) when (isDamaged && error.Kind == ErrorKind.StoreDamaged)
        {
            return [];
        }
    }

    private async Task<IReadOnlyCollection<BlobHash>> CheckAsync(IEnumerable<BlobHash> hashes, CheckedBytes? count, CancellationToken cancellationToken)
    {
        var corrupt = new ConcurrentBag<BlobHash>();
        await Parallel.ForEachAsync(hashes, cancellationToken, (hash, _) =>
        {
            try
            {
                using ChunkBuffer? chunk = Chunks.Read(hash);
                count?.Add(chunk?.Length ?? 0);
            }
            catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.Io)
            {
                DatafortsMeter.IntegrityFailures.Add(1);
                corrupt.Add(hash);
                count?.Add(Chunks.LengthOf(hash) ?? 0);
            }
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return corrupt;
    }

    private static List<BlobHash> Sorted(IEnumerable<BlobHash> hashes)
    {
        var list = new List<BlobHash>(hashes);
        list.Sort();
        return list;
    }

    /// <summary>Adds up bytes from many threads for one progress.</summary>
    private sealed class CheckedBytes(IProgress<BlobProgress>? progress, long total)
    {
        private long _done;

        public void Add(int bytes) => progress?.Report(new BlobProgress(Interlocked.Add(ref _done, bytes), total));
    }
}
