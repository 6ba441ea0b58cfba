using Dataforts.Blobs.Striping;
using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobWriter
{
    /// <summary>One payload on its way in: as Reed-Solomon stripes.</summary>
    private sealed partial class Payload
    {
        private bool IsStriped => options.Encoding.IsReedSolomon;

        private int ChunksPerLeaf
        {
            get
            {
                BlobEncoding code = options.Encoding;
                if (!code.IsReedSolomon) return FormatLimits.TreeFanout;
                return options.ReplicateTail ? code.DataShards : FormatLimits.TreeFanout / (code.DataShards + code.ParityShards) * code.DataShards;
            }
        }

        // Chunks are stored as ever; the stripes they make are encoded beside that, each by a task, and leave the window in order.
        private async Task<PutResult> StripedAsync(Stream content, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
        {
            Blake3Hasher? whole = options.RecordContentHash ? new Blake3Hasher() : null;
            var rules = new StripeRules(options.Encoding, !options.ReplicateTail);
            // Half of the bytes that may be under way are for chunks, half for stripes.
            WindowOptions half = writer._window with { MaxBytes = Math.Max(1, writer._window.MaxBytes / 2) };
            var pipeline = new ChunkPipeline(_profile, writer._sink, half) { KeepsBytes = true, HalvesSingle = rules.ProtectsTail };
            var window = new OrderedWindow<ChunkBatch>(half, cancellationToken);
            var tree = new TreeBuilder();
            var nodes = new List<BlobHash>();
            using var striper = new Striper(writer._sink, rules, _profile, half, cancellationToken);
            try
            {
                await foreach (ChunkBatch batch in pipeline.BatchesAsync(content, head, whole, window, cancellationToken).ConfigureAwait(false))
                {
                    for (int i = 0; i < batch.Count; i++)
                    {
                        Count(batch[i].Length, batch[i].IsNew);
                        striper.Add(batch, i);
                        while (await striper.TakeLeafAsync(mustWait: false).ConfigureAwait(false) is { } leaf) AddLeaf(tree, leaf);
                    }
                    window.ThrowIfFailed();
                    await StoreNodesAsync(tree, nodes, striper, cancellationToken).ConfigureAwait(false);
                }
                if (_chunks == 0) return await EmptyAsync(cancellationToken).ConfigureAwait(false);
                striper.Finish();
                while (await striper.TakeLeafAsync(mustWait: true).ConfigureAwait(false) is { } leaf) AddLeaf(tree, leaf);
                TreeRoot root = FinishLeaves(tree);
                await StoreNodesAsync(tree, nodes, striper, cancellationToken).ConfigureAwait(false);
                int tolerated = await striper.KeepCopiesAsync(nodes, cancellationToken).ConfigureAwait(false);
                _stored += striper.StoredBytes;
                TreeRef blob = options.Uri is { } uri ? root.ToRef(uri, options.Encoding) : root.ToRef(options.Encoding);
                return Result(blob, whole is null ? null : Finish(whole)) with { ToleratedLosses = tolerated };
            }
            finally
            {
                await striper.StopAsync().ConfigureAwait(false);
            }
        }

        private async ValueTask StoreNodesAsync(TreeBuilder tree, List<BlobHash> nodes, Striper striper, CancellationToken cancellationToken)
        {
            while (tree.TryTakeNode(out EncodedNode node))
            {
                VerifiedChunk chunk = ChunkVerifier.Verify(node.Address, node.Bytes);
                if (await writer._sink.StoreAsync(chunk, cancellationToken).ConfigureAwait(false)) _stored += node.Bytes.Length;
                nodes.Add(node.Address);
            }
            if (nodes.Count < BlobLimits.CopyBatchChunks) return;
            await striper.KeepCopiesAsync(nodes, cancellationToken).ConfigureAwait(false);
            nodes.Clear();
        }

        private static void AddLeaf(TreeBuilder tree, ErasureLeafNode leaf)
        {
            try
            {
                tree.AddLeaf(leaf);
            }
            catch (DecodeException error)
            {
                throw new DatafortsException(ErrorKind.LimitExceeded, $"the payload does not fit a tree: {error.Message}", error);
            }
        }

        private static TreeRoot FinishLeaves(TreeBuilder tree)
        {
            try
            {
                return tree.Finish();
            }
            catch (DecodeException error)
            {
                throw new DatafortsException(
                    ErrorKind.LimitExceeded, $"the chunks are too small for a tree of their stripes: {error.Message}", error);
            }
        }
    }
}
