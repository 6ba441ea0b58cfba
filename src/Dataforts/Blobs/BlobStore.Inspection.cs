using System.Collections.Concurrent;
using Dataforts.Blobs.Striping;
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
        TellQuarantined(walk.Missing, walk.Corrupt);
        var stat = new BlobStat(Sorted(walk.Missing), Sorted(walk.Corrupt.Union(corrupt)), walk.Data.Count);
        bool isWhole = stat.MissingChunks.Count == 0 && stat.CorruptChunks.Count == 0;
        return stat with { ToleratedLosses = await TolerateAsync(blob, walk, corrupt, isWhole, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Checks every stored chunk, everything that names, pins and explicit references reach, and the files themselves.</summary>
    /// <param name="fromDevice">Ask the system to drop what it has cached first, so that the device is what is checked.</param>
    /// <param name="progress">Told as chunks are checked.</param>
    /// <param name="links">What reads manifests of directories; without it the files of a tree count as chunks only.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<StoreVerification> VerifyAsync(
        bool fromDevice = false, IProgress<BlobProgress>? progress = null, IDirectoryLinks? links = null, CancellationToken cancellationToken = default)
    {
        if (fromDevice) Chunks.DropCache();
        List<KeyValuePair<BlobHash, int>> stored = Chunks.EnumerateByPlace();
        long total = stored.Sum(chunk => (long)chunk.Value);
        IReadOnlyCollection<BlobHash> corrupt = await CheckAsync(
            stored.Select(chunk => chunk.Key), new CheckedBytes(progress, total), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> damaged = Chunks.FindDamagedFiles(cancellationToken);
        var walk = new ReachabilityWalk(Chunks, new TreeNodeCache(0));
        foreach ((BlobRef root, RootReach reach) in Roots(damaged.Count > 0))
        {
            await VisitAsync(walk, root, cancellationToken).ConfigureAwait(false);
            if (reach == RootReach.Directory && links is not null) await VisitLinksAsync(walk, root, links, cancellationToken).ConfigureAwait(false);
        }
        TellQuarantined(walk.Missing, walk.Corrupt);
        return new StoreVerification(stored.Count, total, Sorted(walk.Corrupt.Union(corrupt).Union(Chunks.FindBadCopies(cancellationToken))),
            Sorted(walk.Missing), damaged);
    }

    // What has parity or copies may be read although something is missing; what has none bears no loss.
    private async ValueTask<int> TolerateAsync(
        BlobRef blob, ReachabilityWalk walk, IReadOnlyCollection<BlobHash> corrupt, bool isWhole, CancellationToken cancellationToken)
    {
        if (blob is not TreeRef { Encoding.IsReedSolomon: true } tree) return isWhole ? 0 : -1;
        HashSet<BlobHash> bad = [.. corrupt, .. walk.Corrupt];
        int least = int.MaxValue;
        try
        {
            await foreach ((BlobHash hash, TreeNode node) in TreeWalk.NodesAsync(Chunks, tree, cancellationToken).ConfigureAwait(false))
            {
                least = Math.Min(least, Chunks.CheckCopies(hash).Whole - 1);
                if (node is LeafNode leaf) least = Math.Min(least, StripeTolerance.Of(new Stripe(default, leaf.Chunks), Copies(leaf.Chunks)));
                if (node is not ErasureLeafNode erasure) continue;
                foreach (Stripe stripe in erasure.Stripes) least = Math.Min(least, StripeTolerance.Of(stripe, Copies(stripe.Chunks)));
            }
        }
        catch (IntegrityException)
        {
            return -1;
        }
        return least;

        int[] Copies(IReadOnlyList<TreeChunk> chunks) => [.. chunks.Select(chunk =>
            Chunks.LengthOf(chunk.Hash) != (int)chunk.SizeBytes ? 0
                : Chunks.PlacesOf(chunk.Hash).Length > 1 ? Chunks.CheckCopies(chunk.Hash).Whole : bad.Contains(chunk.Hash) ? 0 : 1)];
    }

    // Where the log's names cannot be read, that is in the list of damaged files, and the chunks have been checked all the same.
    private List<(BlobRef Ref, RootReach Reach)> Roots(bool isDamaged)
    {
        try
        {
            return
            [
                .. Chunks.ListNames().Select(entry => (entry.Ref, entry.Reach)), .. Chunks.ListPins().Select(pin => (pin.Ref, pin.Reach)),
                .. Chunks.ListLeases().Where(lease => !lease.IsGrace).Select(lease => (lease.Ref, lease.Reach)),
                .. Chunks.ListEventRoots(),
            ];
        }
        catch (DatafortsException error) when (isDamaged && error.Kind == ErrorKind.StoreDamaged)
        {
            return [];
        }
    }

    private async Task VisitAsync(ReachabilityWalk walk, BlobRef root, CancellationToken cancellationToken)
    {
        await walk.VisitAsync(root, cancellationToken).ConfigureAwait(false);
        if (root is ManifestRef manifest && !Chunks.Contains(ManifestAddress.Of(manifest).ChunkHash))
            walk.Missing.Add(ManifestAddress.Of(manifest).ChunkHash);
    }

    // A manifest that cannot be read is among what is missing or wrong already; one that is none at all is wrong as what it was put for.
    private async Task VisitLinksAsync(ReachabilityWalk walk, BlobRef root, IDirectoryLinks links, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (BlobRef file in links.ReadAsync(this, root, cancellationToken).ConfigureAwait(false))
                await VisitAsync(walk, file, cancellationToken).ConfigureAwait(false);
        }
        catch (DatafortsException error) when (error is IntegrityException || error.Kind is ErrorKind.ManifestInvalid or ErrorKind.BlobNotFound)
        {
            if (error.Kind == ErrorKind.ManifestInvalid) walk.Corrupt.Add(AddressOf(root) ?? ((SmallRef)root).Hash);
        }
    }

    private async Task<IReadOnlyCollection<BlobHash>> CheckAsync(IEnumerable<BlobHash> hashes, CheckedBytes? count, CancellationToken cancellationToken)
    {
        var corrupt = new ConcurrentBag<BlobHash>();
        await Parallel.ForEachAsync(hashes, cancellationToken, (hash, _) =>
        {
            try
            {
                using ChunkBuffer? chunk = Chunks.ReadOwn(hash);
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
