using Dataforts.Blobs.Striping;
using Dataforts.Content;
using Dataforts.Erasure;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Computes, hashes and stores the parity of stripes.</summary>
/// <remarks>Thread-safe. A stripe that fits the bound is computed at once from the bytes where they were read. Of a larger one the data chunks
/// are read from the store one at a time, and as many parity shards are computed in one pass as fit.</remarks>
internal sealed class StripeEncoder(IChunkSink sink, long maxBytes)
{
    private readonly IChunkSource? _source = sink as IChunkSource;

    /// <summary>Whether bytes that are not kept can be had again.</summary>
    public bool CanReadBack => _source is not null;

    /// <summary>The memory that a stripe takes while it is encoded; more than the bound only where nothing can be read back.</summary>
    public long BytesFor(StripeGroup group)
    {
        if (!group.Code.IsReedSolomon) return 0;
        long data = group.Chunks.Sum(chunk => (long)chunk.SizeBytes);
        long longest = group.Chunks.Max(chunk => (long)chunk.SizeBytes);
        long whole = data + (group.Code.ParityShards * longest);
        return CanReadBack ? Math.Min(whole, Math.Max(maxBytes, 2 * longest)) : whole;
    }

    /// <summary>Encodes one.</summary>
    /// <param name="group">What is in it and its code.</param>
    /// <param name="members">Its chunks' bytes, held until the call ends.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IntegrityException">A chunk that was just stored does not come back as it went in.</exception>
    public async Task<EncodedStripe> EncodeAsync(StripeGroup group, HeldChunk[] members, CancellationToken cancellationToken)
    {
        if (!group.Code.IsReedSolomon)
        {
            IReadOnlyList<BlobHash> alone = group.NeedsCopies ? [.. group.Chunks.Select(chunk => chunk.Hash).Distinct()] : [];
            return new EncodedStripe(new Stripe(group.Code, [.. group.Chunks]), 0, alone);
        }
        int length = members.Max(member => member.Length);
        int shards = group.Code.ParityShards;
        var parity = new TreeChunk[shards];
        long data = members.Sum(member => (long)member.Length), stored = 0;
        bool isHeld = Array.TrueForAll(members, member => member.Block is not null);
        bool isWhole = isHeld && (_source is null || data + ((long)shards * length) <= maxBytes);
        int together = isWhole ? shards : (int)Math.Clamp((maxBytes / length) - 1, 1, shards);
        for (int first = 0; first < shards; first += together)
        {
            int count = Math.Min(together, shards - first);
            stored += await EncodeSomeAsync(group.Code, members, parity, (first, count, length, isWhole), cancellationToken).ConfigureAwait(false);
        }
        TreeChunk[] all = [.. group.Chunks, .. parity];
        BlobHash[] alike = [.. all.GroupBy(chunk => chunk.Hash).Where(same => same.Count() > 1).Select(same => same.Key)];
        return new EncodedStripe(new Stripe(group.Code, [.. all]), stored, alike);
    }

    private async Task<long> EncodeSomeAsync(
        BlobEncoding encoding, HeldChunk[] members, TreeChunk[] parity, (int First, int Count, int Length, bool IsWhole) part,
        CancellationToken cancellationToken)
    {
        byte[][] arrays = [.. Enumerable.Range(0, part.Count).Select(_ => BufferPool.Shared.Rent(part.Length))];
        try
        {
            Memory<byte>[] shards = Array.ConvertAll(arrays, array => array.AsMemory(0, part.Length));
            ReedSolomon code = ReedSolomon.For(encoding.DataShards, encoding.ParityShards);
            if (part.IsWhole) code.Encode(Array.ConvertAll(members, member => member.Bytes), shards);
            else await AddUpAsync(code, members, part.First, shards, cancellationToken).ConfigureAwait(false);
            VerifiedChunk[] chunks = Array.ConvertAll(shards, shard => ChunkVerifier.Hash(shard));
            bool[] isNew = new bool[chunks.Length];
            await sink.StoreAsync(chunks, isNew, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < chunks.Length; i++)
                parity[part.First + i] = new TreeChunk(chunks[i].Hash, (uint)part.Length, ChunkRole.Parity((byte)(part.First + i)));
            return isNew.Count(isStored => isStored) * (long)part.Length;
        }
        finally
        {
            foreach (byte[] array in arrays) BufferPool.Shared.Return(array);
        }
    }

    private async Task AddUpAsync(ReedSolomon code, HeldChunk[] members, int first, Memory<byte>[] shards, CancellationToken cancellationToken)
    {
        int[] data = [.. Enumerable.Range(0, members.Length)];
        int[] wanted = [.. Enumerable.Range(members.Length + first, shards.Length)];
        ShardSum sum = code.Begin(data, wanted, shards);
        for (int i = 0; i < members.Length; i++)
        {
            if (members[i].Block is not null)
            {
                sum.Add(i, members[i].Bytes);
                continue;
            }
            using ChunkBuffer chunk = await _source!.FetchAsync(members[i].Hash, members[i].Length, cancellationToken).ConfigureAwait(false)
                ?? throw IntegrityException.Missing(members[i].Hash);
            ChunkVerifier.Verify(members[i].Hash, members[i].Length, chunk.Memory);
            sum.Add(i, chunk.Memory);
        }
    }
}
