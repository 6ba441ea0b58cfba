using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>Holds a stream against the Manifest or Tree it is said to belong to, in bounded memory, and stores its chunks where a sink is given.
/// Run once without a sink to verify, and again with one to publish.</summary>
internal sealed class StreamedClaim(BlobRef blob, ClaimOptions claim)
{
    /// <summary>One pass over the content.</summary>
    /// <returns>Whether anything was newly stored.</returns>
    /// <exception cref="DatafortsException">ClaimMismatch; or the sink's.</exception>
    public ValueTask<bool> RunAsync(Stream content, IChunkSink? sink, CancellationToken cancellationToken) => blob switch
    {
        ManifestRef manifest => ListAsync(manifest, content, sink, cancellationToken),
        TreeRef tree when claim.Nodes is { } nodes => NodesAsync(tree, content, nodes, sink, cancellationToken),
        TreeRef tree => ProfileAsync(tree, content, sink, cancellationToken),
        _ => throw new ArgumentException($"a ref of kind {blob.Kind} is not stored in chunks"),
    };

    private async ValueTask<bool> ListAsync(ManifestRef manifest, Stream content, IChunkSink? sink, CancellationToken cancellationToken)
    {
        bool isNew = false;
        int index = 0;
        ulong done = 0;
        var pipeline = new ChunkPipeline(ChunkingProfile.Fixed4MiB, sink);
        await foreach (CutChunk chunk in pipeline.RunAsync(content, default, null, cancellationToken).ConfigureAwait(false))
        {
            if (index == manifest.Chunks.Length) throw ClaimVerifier.Longer(blob.SizeBytes);
            if (chunk.Hash != manifest.Chunks[index].Hash) throw ClaimVerifier.WrongChunk(index, manifest.Chunks[index].Hash, chunk.Hash);
            isNew |= chunk.IsNew;
            done += (ulong)chunk.Length;
            index++;
        }
        return done == blob.SizeBytes ? isNew : throw ClaimVerifier.Shorter(blob.SizeBytes, done);
    }

    private async ValueTask<bool> ProfileAsync(TreeRef tree, Stream content, IChunkSink? sink, CancellationToken cancellationToken)
    {
        bool isNew = false;
        var builder = new TreeBuilder();
        var pipeline = new ChunkPipeline(claim.Profile!, sink);
        await foreach (CutChunk chunk in pipeline.RunAsync(content, default, null, cancellationToken).ConfigureAwait(false))
        {
            isNew |= chunk.IsNew;
            Add(builder, chunk);
            isNew |= await StoreNodesAsync(builder, sink, cancellationToken).ConfigureAwait(false);
        }
        if (builder.SizeBytes != tree.SizeBytes) throw ClaimVerifier.Shorter(tree.SizeBytes, builder.SizeBytes);
        TreeRoot root = builder.Finish();
        if (!ClaimVerifier.IsRoot(tree, root)) throw ClaimVerifier.WrongRoot(tree, root);
        return isNew | await StoreNodesAsync(builder, sink, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<bool> NodesAsync(
        TreeRef tree, Stream content, IChunkSource source, IChunkSink? sink, CancellationToken cancellationToken)
    {
        bool isNew = false;
        long index = 0;
        ulong done = 0;
        var nodes = new ClaimedNodes(source);
        await foreach (PlannedSlice slice in nodes.ChunksAsync(tree, cancellationToken).ConfigureAwait(false))
        {
            ChunkBuffer? buffer = ChunkBuffer.Rent(slice.ChunkBytes);
            try
            {
                int read = await content.ReadAtLeastAsync(buffer.Writable, slice.ChunkBytes, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                done += (ulong)read;
                if (read != slice.ChunkBytes) throw ClaimVerifier.Shorter(tree.SizeBytes, done);
                VerifiedChunk chunk = ChunkVerifier.Hash(buffer.Memory);
                if (chunk.Hash != slice.Hash) throw ClaimVerifier.WrongChunk(index, slice.Hash, chunk.Hash);
                if (sink is not null) isNew |= await sink.StoreAsync(chunk, cancellationToken).ConfigureAwait(false);
                index++;
            }
            catch (OperationCanceledException)
            {
                // A read that was called off may still write into it, so it does not go back to the pool.
                buffer = null;
                throw;
            }
            finally
            {
                buffer?.Dispose();
            }
        }
        var beyond = new byte[1];
        if (await content.ReadAsync(beyond, cancellationToken).ConfigureAwait(false) != 0) throw ClaimVerifier.Longer(tree.SizeBytes);
        if (sink is null) return false;
        foreach (VerifiedChunk node in nodes.RootLast()) isNew |= await sink.StoreAsync(node, cancellationToken).ConfigureAwait(false);
        return isNew;
    }

    private void Add(TreeBuilder builder, in CutChunk chunk)
    {
        try
        {
            builder.Add(chunk.Hash, (uint)chunk.Length);
        }
        catch (DecodeException error)
        {
            throw new DatafortsException(ErrorKind.ClaimMismatch, $"the content cut by the profile is no tree: {error.Message}", error);
        }
        if (builder.SizeBytes > blob.SizeBytes) throw ClaimVerifier.Longer(blob.SizeBytes);
    }

    private static async ValueTask<bool> StoreNodesAsync(TreeBuilder builder, IChunkSink? sink, CancellationToken cancellationToken)
    {
        bool isNew = false;
        while (builder.TryTakeNode(out EncodedNode node))
            if (sink is not null) isNew |= await sink.StoreAsync(ChunkVerifier.Verify(node.Address, node.Bytes), cancellationToken).ConfigureAwait(false);
        return isNew;
    }
}
