using System.Buffers;
using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>Holds content in memory against the ref it is said to belong to.</summary>
internal static class ClaimVerifier
{
    /// <summary>Refuses claims that cannot be verified, before anything is read.</summary>
    /// <exception cref="DatafortsException">Unsupported: parity, which content does not have. InvalidRequest: a Tree of which neither
    /// nodes nor profile are given.</exception>
    public static void CheckShape(BlobRef blob, ClaimOptions claim)
    {
        if (blob is ManifestRef { Encoding.IsReedSolomon: true })
            throw new DatafortsException(ErrorKind.Unsupported, "a Manifest with parity cannot be stored from its content");
        if (blob is TreeRef && claim.Nodes is null && claim.Profile is null)
            throw new DatafortsException(ErrorKind.InvalidRequest, "whether content is a Tree's shows only with its nodes or the profile that cut it");
    }

    /// <summary>Verifies a claim, hashing every byte once.</summary>
    /// <exception cref="DatafortsException">ClaimMismatch; LimitExceeded: more than <see cref="BlobLimits.MaxBufferedReadBytes"/>; Unsupported:
    /// the tree has parity.</exception>
    /// <exception cref="IntegrityException">A node that was to say how the tree is cut is missing or wrong.</exception>
    public static async ValueTask<VerifiedContent> VerifyAsync(
        BlobRef blob, ReadOnlySequence<byte> content, ClaimOptions claim, CancellationToken cancellationToken)
    {
        if ((ulong)content.Length < blob.SizeBytes) throw Shorter(blob.SizeBytes, (ulong)content.Length);
        if ((ulong)content.Length > blob.SizeBytes) throw Longer(blob.SizeBytes);
        if (content.Length > BlobLimits.MaxBufferedReadBytes) throw TooLong(blob.SizeBytes);
        (ReadOnlyMemory<byte> bytes, IDisposable? owner) = Join(content);
        try
        {
            switch (blob)
            {
                case SmallRef small:
                    return new VerifiedContent(blob, bytes, VerifySmall(small, bytes), [], owner);
                case ManifestRef manifest:
                    return new VerifiedContent(blob, bytes, await VerifyListAsync(manifest, bytes, cancellationToken).ConfigureAwait(false), [], owner);
                case TreeRef tree:
                    (VerifiedChunk[] chunks, IReadOnlyList<VerifiedChunk> nodes) = claim.Nodes is { } source
                        ? await VerifyByNodesAsync(tree, bytes, source, cancellationToken).ConfigureAwait(false)
                        : await VerifyByProfileAsync(tree, bytes, claim, cancellationToken).ConfigureAwait(false);
                    return new VerifiedContent(blob, bytes, chunks, nodes, owner);
                default:
                    throw new ArgumentException($"a ref of kind {blob.Kind} cannot be stored", nameof(blob));
            }
        }
        catch
        {
            owner?.Dispose();
            throw;
        }
    }

    /// <summary>The one hash that stands for a blob in messages.</summary>
    public static BlobHash AddressOf(BlobRef blob) => blob switch
    {
        SmallRef small => small.Hash,
        TreeRef tree => tree.RootHash,
        ManifestRef manifest => ManifestAddress.Of(manifest).ChunkHash,
        _ => default,
    };

    public static BlobHash HashOf(ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment) return BlobHash.Compute(content.FirstSpan);
        var hasher = new Blake3Hasher();
        foreach (ReadOnlyMemory<byte> piece in content) hasher.Update(piece.Span);
        return Finish(hasher);
    }

    public static BlobHash Finish(Blake3Hasher hasher)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        hasher.Finalize(bytes);
        return new BlobHash(bytes);
    }

    public static DatafortsException TooLong(ulong bytes) =>
        new(ErrorKind.LimitExceeded, $"{bytes} bytes are more than MaxBufferedReadBytes ({BlobLimits.MaxBufferedReadBytes}) in memory; use a stream");

    public static DatafortsException Longer(ulong declared) =>
        new(ErrorKind.ClaimMismatch, $"the content has more than the {declared} bytes that the ref declares");

    public static DatafortsException Shorter(ulong declared, ulong actual) =>
        new(ErrorKind.ClaimMismatch, $"the content has {actual} bytes, not the {declared} that the ref declares");

    public static DatafortsException WrongHash(in BlobHash expected, in BlobHash actual) =>
        new(ErrorKind.ClaimMismatch, $"the content hashes to {actual}, not to {expected} as the ref says");

    public static DatafortsException WrongChunk(long index, in BlobHash expected, in BlobHash actual) =>
        new(ErrorKind.ClaimMismatch, $"chunk {index} of the content hashes to {actual}, not to {expected} as the ref says");

    public static DatafortsException WrongRoot(TreeRef tree, TreeRoot actual) => new(ErrorKind.ClaimMismatch,
        $"the content cut by the profile has the root {actual.RootHash} at depth {actual.Depth}, not {tree.RootHash} at depth {tree.Depth} as the ref says");

    public static bool IsRoot(TreeRef tree, TreeRoot root) =>
        root.RootHash == tree.RootHash && root.SizeBytes == tree.SizeBytes && root.Depth == tree.Depth;

    private static VerifiedChunk[] VerifySmall(SmallRef small, ReadOnlyMemory<byte> bytes)
    {
        VerifiedChunk[] chunks = bytes.Length <= StoreLimits.MaxChunkBytes ? [ChunkVerifier.Hash(bytes)] : [];
        BlobHash actual = chunks is [var only] ? only.Hash : BlobHash.Compute(bytes.Span);
        return actual == small.Hash ? chunks : throw WrongHash(small.Hash, actual);
    }

    private static async ValueTask<VerifiedChunk[]> VerifyListAsync(ManifestRef manifest, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        int[] sizes = [.. manifest.Chunks.Select(chunk => (int)chunk.SizeBytes)];
        VerifiedChunk[] chunks = await ContentCutter.HashAsync(bytes, sizes, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < chunks.Length; i++)
            if (chunks[i].Hash != manifest.Chunks[i].Hash) throw WrongChunk(i, manifest.Chunks[i].Hash, chunks[i].Hash);
        return chunks;
    }

    private static async ValueTask<(VerifiedChunk[] Chunks, IReadOnlyList<VerifiedChunk> Nodes)> VerifyByProfileAsync(
        TreeRef tree, ReadOnlyMemory<byte> bytes, ClaimOptions claim, CancellationToken cancellationToken)
    {
        VerifiedChunk[] chunks = await ContentCutter
            .HashAsync(bytes, ContentCutter.Cut(bytes.Span, claim.Profile!), cancellationToken).ConfigureAwait(false);
        try
        {
            (TreeRoot root, List<VerifiedChunk> nodes) = ContentCutter.Build(chunks);
            return IsRoot(tree, root) ? (chunks, nodes) : throw WrongRoot(tree, root);
        }
        catch (DecodeException error)
        {
            throw new DatafortsException(ErrorKind.ClaimMismatch, $"the content cut by the profile is no tree: {error.Message}", error);
        }
    }

    private static async ValueTask<(VerifiedChunk[] Chunks, IReadOnlyList<VerifiedChunk> Nodes)> VerifyByNodesAsync(
        TreeRef tree, ReadOnlyMemory<byte> bytes, IChunkSource source, CancellationToken cancellationToken)
    {
        var nodes = new ClaimedNodes(source);
        var hashes = new List<BlobHash>();
        var sizes = new List<int>();
        await foreach (PlannedSlice slice in nodes.ChunksAsync(tree, cancellationToken).ConfigureAwait(false))
        {
            ContentCutter.Add(sizes, slice.ChunkBytes);
            hashes.Add(slice.Hash);
        }
        VerifiedChunk[] chunks = await ContentCutter.HashAsync(bytes, sizes, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < chunks.Length; i++)
            if (chunks[i].Hash != hashes[i]) throw WrongChunk(i, hashes[i], chunks[i].Hash);
        return (chunks, nodes.RootLast());
    }

    // The one copy: content that comes in several pieces is joined, so that chunks can be cut and hashed where they lie.
    private static (ReadOnlyMemory<byte> Bytes, IDisposable? Owner) Join(ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment) return (content.First, null);
        IMemoryOwner<byte> joined = MemoryPool<byte>.Shared.Rent((int)content.Length);
        content.CopyTo(joined.Memory.Span);
        return (joined.Memory[..(int)content.Length], joined);
    }
}
