using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Looks at every chunk of a stripe, every copy of it, and puts back what is missing or wrong.</summary>
/// <remarks>Thread-safe. Shards that are lost are rebuilt as many at a time as fit <see cref="BlobLimits.RepairBytes"/>.</remarks>
internal sealed class StripeRepair(ChunkStore store, int copies)
{
    private readonly ShardReader _shards = new(store);

    /// <summary>Whether a stripe without parity is one that copies protect: a run of one and the same chunk, or what has copies.</summary>
    public bool IsKeptTwice(Stripe stripe) =>
        stripe.Chunks.All(chunk => chunk.Hash == stripe.Chunks[0].Hash) || stripe.Chunks.Any(chunk => store.PlacesOf(chunk.Hash).Length > 1);

    /// <summary>Repairs one.</summary>
    /// <exception cref="DatafortsException">The store does not take what is to be put back.</exception>
    public async Task<StripeOutcome> RepairAsync(long number, Stripe stripe, CancellationToken cancellationToken)
    {
        var amiss = new HashSet<BlobHash>();
        var lost = new HashSet<BlobHash>();
        int data = 0, parity = 0;
        foreach (TreeChunk chunk in stripe.Chunks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (amiss.Contains(chunk.Hash) || IsWhole(chunk)) continue;
            amiss.Add(chunk.Hash);
            if (!PutBackFromCopy(chunk)) lost.Add(chunk.Hash);
            else Count(chunk);
        }
        if (lost.Count > 0 && stripe.Encoding.IsReedSolomon)
        {
            foreach (TreeChunk chunk in await RebuildAsync(stripe, lost, cancellationToken).ConfigureAwait(false)) Count(chunk);
        }
        bool isCopied = stripe.Encoding.IsReedSolomon || IsKeptTwice(stripe);
        int restored = isCopied && data + parity == amiss.Count
            ? await RestoreCopiesAsync(Alike(stripe), cancellationToken).ConfigureAwait(false)
            : 0;
        return new StripeOutcome(number, stripe.Encoding, [.. amiss], data, parity, restored);

        void Count(TreeChunk chunk)
        {
            if (chunk.Role.IsParity) parity++;
            else data++;
        }
    }

    /// <summary>Sees to it that chunks are there as often as the code bears losses and once more.</summary>
    /// <returns>Copies that were put back.</returns>
    public async ValueTask<int> RestoreCopiesAsync(IReadOnlyCollection<BlobHash> hashes, CancellationToken cancellationToken)
    {
        int missing = 0;
        foreach (BlobHash hash in hashes)
        {
            (int whole, int bad) = store.CheckCopies(hash);
            if (bad > 0) store.ForgetBadCopies(hash);
            if (whole > 0 && !store.HasOwn(hash)) PutBackFromCopy(hash);
            missing += Math.Max(0, copies - whole);
        }
        if (missing > 0) await store.KeepCopiesAsync(hashes, copies, cancellationToken).ConfigureAwait(false);
        return missing;
    }

    // What stands for more than one shard, or has no parity.
    private static List<BlobHash> Alike(Stripe stripe) => stripe.Encoding.IsReedSolomon
        ? [.. stripe.Chunks.GroupBy(chunk => chunk.Hash).Where(same => same.Count() > 1).Select(same => same.Key)]
        : [.. stripe.Chunks.Select(chunk => chunk.Hash).Distinct()];

    private bool IsWhole(TreeChunk chunk)
    {
        try
        {
            using ChunkBuffer? own = store.ReadOwn(chunk.Hash);
            return own is not null && own.Length == chunk.SizeBytes;
        }
        catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.Io)
        {
            store.ForgetBadCopies(chunk.Hash);
            return false;
        }
    }

    private bool PutBackFromCopy(TreeChunk chunk) => store.LengthOf(chunk.Hash) == (int)chunk.SizeBytes && PutBackFromCopy(chunk.Hash);

    private bool PutBackFromCopy(in BlobHash hash)
    {
        using ChunkBuffer? copy = store.ReadCopy(hash, StoreLimits.MaxChunkBytes);
        if (copy is null) return false;
        store.PutBack(ChunkVerifier.Verify(hash, copy.Memory));
        return true;
    }

    private async ValueTask<List<TreeChunk>> RebuildAsync(Stripe stripe, HashSet<BlobHash> lost, CancellationToken cancellationToken)
    {
        var restored = new List<TreeChunk>();
        int longest = (int)stripe.Chunks.Max(chunk => chunk.SizeBytes);
        int together = (int)Math.Max(1, BlobLimits.RepairBytes / longest);
        int[] shards = [.. Enumerable.Range(0, stripe.Chunks.Length).Where(i => lost.Contains(stripe.Chunks[i].Hash)).DistinctBy(i => stripe.Chunks[i].Hash)];
        for (int first = 0; first < shards.Length; first += together)
        {
            int[] some = shards[first..Math.Min(shards.Length, first + together)];
            ChunkBuffer[]? rebuilt = await _shards.RebuildAsync(stripe, some, lost, cancellationToken).ConfigureAwait(false);
            if (rebuilt is null) break;
            for (int i = 0; i < some.Length; i++)
            {
                using ChunkBuffer buffer = rebuilt[i];
                TreeChunk chunk = stripe.Chunks[some[i]];
                store.PutBack(ChunkVerifier.Verify(chunk.Hash, chunk.SizeBytes, buffer.Memory));
                restored.Add(chunk);
            }
        }
        return restored;
    }
}
