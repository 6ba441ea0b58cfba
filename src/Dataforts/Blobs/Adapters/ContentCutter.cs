using System.Collections.Immutable;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>Cuts content that lies in memory and hashes its chunks in parallel, each byte once and where it lies.</summary>
internal static class ContentCutter
{
    /// <summary>The chunks of given sizes.</summary>
    public static async ValueTask<VerifiedChunk[]> HashAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        var chunks = new VerifiedChunk[sizes.Count];
        if (chunks.Length == 1)
        {
            chunks[0] = ChunkVerifier.Hash(bytes);
            return chunks;
        }
        var starts = new int[sizes.Count];
        for (int i = 1; i < starts.Length; i++) starts[i] = starts[i - 1] + sizes[i - 1];
        await Parallel.ForAsync(0, chunks.Length, cancellationToken, (i, _) =>
        {
            chunks[i] = ChunkVerifier.Hash(bytes.Slice(starts[i], sizes[i]));
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return chunks;
    }

    /// <summary>How long the chunks are that a profile cuts.</summary>
    public static List<int> Cut(ReadOnlySpan<byte> bytes, ChunkingProfile profile)
    {
        Chunker chunker = profile.CreateChunker();
        var sizes = new List<int>();
        while (!bytes.IsEmpty)
        {
            int length = chunker.FindCut(bytes, isFinal: true);
            Add(sizes, length);
            bytes = bytes[length..];
        }
        return sizes;
    }

    /// <summary>Notes one more chunk.</summary>
    /// <exception cref="DatafortsException">LimitExceeded: there are <see cref="AdapterLimits.ClaimChunks"/> already.</exception>
    public static void Add(List<int> sizes, int size)
    {
        if (sizes.Count == AdapterLimits.ClaimChunks)
            throw new DatafortsException(ErrorKind.LimitExceeded, $"the content has more than ClaimChunks ({AdapterLimits.ClaimChunks}) chunks; use a stream");
        sizes.Add(size);
    }

    /// <summary>The canonical tree over chunks: its root and its nodes, the root last.</summary>
    /// <exception cref="DecodeException">No tree holds as many.</exception>
    public static (TreeRoot Root, List<VerifiedChunk> Nodes) Build(IReadOnlyList<VerifiedChunk> chunks)
    {
        var tree = new TreeBuilder();
        var nodes = new List<VerifiedChunk>();
        foreach (VerifiedChunk chunk in chunks)
        {
            tree.Add(chunk.Hash, (uint)chunk.Bytes.Length);
            Take(tree, nodes);
        }
        TreeRoot root = tree.Finish();
        Take(tree, nodes);
        return (root, nodes);
    }

    /// <summary>Makes the ref of content that comes without one, by the writer's rules.</summary>
    /// <exception cref="ArgumentException">An empty Manifest or Tree.</exception>
    /// <exception cref="DecodeException">The URI does not fit, or no ref of the shape holds as much.</exception>
    public static async ValueTask<VerifiedContent> DescribeAsync(
        ReadOnlyMemory<byte> bytes, PutOptions options, string? scheme, CancellationToken cancellationToken)
    {
        ChunkingProfile profile = options.Profile ?? ChunkingProfile.Default;
        BlobShape shape = options.Shape != BlobShape.Auto ? options.Shape
            : bytes.Length <= Math.Min(profile.MaxChunkBytes, BlobLimits.AutoSmallMaxBytes) ? BlobShape.Small : BlobShape.Tree;
        if (shape == BlobShape.Small) return Small(bytes, options, scheme);
        if (bytes.IsEmpty) throw new ArgumentException($"an empty payload cannot be a {shape}: only a Small holds no bytes");
        if (shape == BlobShape.Manifest)
        {
            VerifiedChunk[] listed = await HashAsync(bytes, Cut(bytes.Span, ChunkingProfile.Fixed4MiB), cancellationToken).ConfigureAwait(false);
            string uri = options.Uri ?? UriOf(scheme, BlobHash.Compute(bytes.Span));
            ImmutableArray<ChunkRef> list = [.. listed.Select(chunk => new ChunkRef(chunk.Hash, (uint)chunk.Bytes.Length))];
            return new VerifiedContent(new ManifestRef(uri, BlobEncoding.Replicated, list), bytes, listed, [], null);
        }
        VerifiedChunk[] chunks = await HashAsync(bytes, Cut(bytes.Span, profile), cancellationToken).ConfigureAwait(false);
        (TreeRoot root, List<VerifiedChunk> nodes) = Build(chunks);
        TreeRef tree = root.ToRef(options.Uri ?? UriOf(scheme, root.RootHash), BlobEncoding.Replicated);
        return new VerifiedContent(tree, bytes, chunks, nodes, null);
    }

    /// <summary>What leads back to an adapter: the scheme it lists, and the hash.</summary>
    public static string UriOf(string? scheme, in BlobHash hash) =>
        hash.ToHex(scheme is null or "mesh" ? "mesh://" : scheme + ":");

    private static VerifiedContent Small(ReadOnlyMemory<byte> bytes, PutOptions options, string? scheme)
    {
        bool isChunk = bytes.Length <= StoreLimits.MaxChunkBytes;
        VerifiedChunk[] chunks = isChunk ? [ChunkVerifier.Hash(bytes)] : [];
        BlobHash hash = isChunk ? chunks[0].Hash : BlobHash.Compute(bytes.Span);
        return new VerifiedContent(new SmallRef(options.Uri ?? UriOf(scheme, hash), hash, (ulong)bytes.Length), bytes, chunks, [], null);
    }

    private static void Take(TreeBuilder tree, List<VerifiedChunk> nodes)
    {
        while (tree.TryTakeNode(out EncodedNode node)) nodes.Add(ChunkVerifier.Verify(node.Address, node.Bytes));
    }
}
