using System.Collections.Immutable;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobWriter
{
    /// <summary>One payload on its way in.</summary>
    private sealed partial class Payload(BlobWriter writer, PutOptions options, long? knownLength, IProgress<BlobProgress>? progress)
    {
        private readonly ChunkingProfile _profile = options.Shape == BlobShape.Manifest ? ChunkingProfile.Fixed4MiB : options.Profile ?? writer._profile;
        private long _chunks;
        private long _done;
        private long _stored;
        private long _deduped;
        private bool _metOld;

        private int AutoSmallBytes => Math.Min(_profile.MaxChunkBytes, BlobLimits.AutoSmallMaxBytes);

        /// <summary>Whether so many bytes become a Small.</summary>
        public bool IsSmall(int length) =>
            options.Shape == BlobShape.Small || (options.Shape == BlobShape.Auto && length <= (IsStriped ? 0 : AutoSmallBytes));

        /// <summary>Everything that can be refused by length, options or URI alone.</summary>
        public void CheckBeforeReading()
        {
            if (options.Shape == BlobShape.Manifest && options.Profile is { } profile && profile != ChunkingProfile.Fixed4MiB)
                throw new ArgumentException($"a Manifest is cut at {FormatLimits.ManifestChunkSizeBytes} bytes, not by {profile}");
            if (IsStriped && options.Shape is BlobShape.Small or BlobShape.Manifest)
                throw new ArgumentException($"erasure coding needs a Tree, not a {options.Shape}");
            CheckUri(IsStriped ? BlobShape.Tree : options.Shape == BlobShape.Auto ? BlobShape.Small : options.Shape);
            if (knownLength is not { } length) return;
            if (options.Shape is BlobShape.Manifest or BlobShape.Tree && length == 0) ThrowEmpty();
            if (options.Shape == BlobShape.Small && length > StoreLimits.MaxChunkBytes) ThrowTooLong("Small", StoreLimits.MaxChunkBytes);
            if (options.Shape == BlobShape.Manifest && (ulong)length > FormatLimits.RefMaxSizeBytes)
                ThrowTooLong("Manifest", (long)FormatLimits.RefMaxSizeBytes);
            bool isTree = options.Shape == BlobShape.Tree || (options.Shape == BlobShape.Auto && !IsSmall((int)Math.Min(length, int.MaxValue)));
            if (isTree) EnsureTreeFits((ulong)length);
        }

        public async Task<PutResult> AutoAsync(Stream content, CancellationToken cancellationToken)
        {
            if (IsStriped) return await ChunkedAsync(content, default, cancellationToken).ConfigureAwait(false);
            // The shape follows the bytes that come, not the length that was promised.
            (byte[] array, int length) = await ReadUpToAsync(content, AutoSmallBytes, knownLength, cancellationToken).ConfigureAwait(false);
            try
            {
                if (length <= AutoSmallBytes) return await StoreSmallAsync(array.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                CheckUri(BlobShape.Tree);
                return await ChunkedAsync(content, array.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                BufferPool.Shared.Return(array);
            }
        }

        public async Task<PutResult> SmallAsync(Stream content, CancellationToken cancellationToken)
        {
            (byte[] array, int length) = await ReadUpToAsync(content, StoreLimits.MaxChunkBytes, knownLength, cancellationToken).ConfigureAwait(false);
            try
            {
                if (length > StoreLimits.MaxChunkBytes) ThrowTooLong("Small", StoreLimits.MaxChunkBytes);
                return await StoreSmallAsync(array.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                BufferPool.Shared.Return(array);
            }
        }

        public async Task<PutResult> ChunkedAsync(Stream content, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
        {
            if (IsStriped) return await StripedAsync(content, head, cancellationToken).ConfigureAwait(false);
            bool isManifest = options.Shape == BlobShape.Manifest;
            Blake3Hasher? whole = options.RecordContentHash || (isManifest && options.Uri is null) ? new Blake3Hasher() : null;
            var tree = isManifest ? null : new TreeBuilder();
            ImmutableArray<ChunkRef>.Builder list = ImmutableArray.CreateBuilder<ChunkRef>();
            var pipeline = new ChunkPipeline(_profile, writer._sink, writer._window);
            var window = new OrderedWindow<ChunkBatch>(writer._window, cancellationToken);
            await foreach (CutChunk chunk in pipeline.RunAsync(content, head, whole, window, cancellationToken).ConfigureAwait(false))
            {
                Count(chunk.Length, chunk.IsNew);
                if (tree is null)
                {
                    if ((ulong)_done > FormatLimits.RefMaxSizeBytes) ThrowTooLong("Manifest", (long)FormatLimits.RefMaxSizeBytes);
                    list.Add(new ChunkRef(chunk.Hash, (uint)chunk.Length));
                }
                else
                {
                    AddToTree(tree, chunk);
                    window.ThrowIfFailed();
                    await StoreNodesAsync(tree, cancellationToken).ConfigureAwait(false);
                }
            }
            if (_chunks == 0) return await EmptyAsync(cancellationToken).ConfigureAwait(false);
            BlobHash? contentHash = whole is null ? null : Finish(whole);
            BlobRef blob = tree is null ? ManifestRef(contentHash, list) : await FinishTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            return Result(blob, contentHash);
        }

        private static BlobHash Finish(Blake3Hasher whole)
        {
            Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
            whole.Finalize(bytes);
            return new BlobHash(bytes);
        }

        // A stream that promised bytes and gave none is a Small like any other empty one, unless a shape was asked for.
        private Task<PutResult> EmptyAsync(CancellationToken cancellationToken)
        {
            if (options.Shape != BlobShape.Auto) ThrowEmpty();
            return StoreSmallAsync(default, cancellationToken);
        }

        public async Task<PutResult> StoreSmallAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            VerifiedChunk chunk = ChunkVerifier.Hash(bytes);
            SmallRef blob = options.Uri is { } uri
                ? new SmallRef(uri, chunk.Hash, (ulong)bytes.Length)
                : SmallRef.Create(chunk.Hash, (ulong)bytes.Length);
            Count(bytes.Length, await writer._sink.StoreAsync(chunk, cancellationToken).ConfigureAwait(false));
            return Result(blob, chunk.Hash);
        }

        private ManifestRef ManifestRef(BlobHash? contentHash, ImmutableArray<ChunkRef>.Builder list)
        {
            ImmutableArray<ChunkRef> chunks = list.DrainToImmutable();
            return options.Uri is { } uri
                ? new ManifestRef(uri, BlobEncoding.Replicated, chunks)
                : Content.ManifestRef.Create(contentHash!.Value, BlobEncoding.Replicated, chunks);
        }

        private async Task<BlobRef> FinishTreeAsync(TreeBuilder tree, CancellationToken cancellationToken)
        {
            TreeRoot root = tree.Finish();
            await StoreNodesAsync(tree, cancellationToken).ConfigureAwait(false);
            return options.Uri is { } uri ? root.ToRef(uri, options.Encoding) : root.ToRef(options.Encoding);
        }

        private async ValueTask StoreNodesAsync(TreeBuilder tree, CancellationToken cancellationToken)
        {
            while (tree.TryTakeNode(out EncodedNode node))
            {
                VerifiedChunk chunk = ChunkVerifier.Verify(node.Address, node.Bytes);
                if (await writer._sink.StoreAsync(chunk, cancellationToken).ConfigureAwait(false)) _stored += node.Bytes.Length;
                else _metOld = true;
            }
        }

        private static void AddToTree(TreeBuilder tree, in CutChunk chunk)
        {
            try
            {
                tree.Add(chunk.Hash, (uint)chunk.Length);
            }
            catch (DecodeException error)
            {
                throw new DatafortsException(ErrorKind.LimitExceeded, $"the payload does not fit a tree: {error.Message}", error);
            }
        }

        private void EnsureTreeFits(ulong length)
        {
            try
            {
                TreeBuilder.EnsureFits(length, _profile.MaxChunkBytes, ChunksPerLeaf);
            }
            catch (DecodeException error)
            {
                throw new DatafortsException(ErrorKind.LimitExceeded, error.Message, error);
            }
        }

        // A URI that no ref of the shape can carry is refused here, not when everything is stored; the fields are the widest there are.
        private void CheckUri(BlobShape shape)
        {
            if (options.Uri is not { } uri) return;
            _ = shape switch
            {
                BlobShape.Small => (BlobRef)new SmallRef(uri, default, 0),
                BlobShape.Manifest => new ManifestRef(uri, BlobEncoding.Replicated, LongestList()),
                _ => new TreeRef(uri, options.Encoding, default, FormatLimits.TreeMaxSizeBytes, FormatLimits.TreeMaxDepth),
            };
        }

        // As many chunks as there will be; where that is not known, as many as there can be.
        private ImmutableArray<ChunkRef> LongestList()
        {
            const ulong Stride = FormatLimits.ManifestChunkSizeBytes;
            ulong bytes = Math.Clamp((ulong)(knownLength ?? long.MaxValue), 1, FormatLimits.RefMaxSizeBytes);
            return [.. Enumerable.Repeat(new ChunkRef(default, (uint)Stride), (int)((bytes + Stride - 1) / Stride))];
        }

        private void Count(int length, bool isNew)
        {
            _chunks++;
            _done += length;
            if (isNew) _stored += length;
            else
            {
                _deduped += length;
                _metOld = true;
            }
            progress?.Report(new BlobProgress(_done, knownLength));
        }

        private PutResult Result(BlobRef blob, BlobHash? contentHash) =>
            new(blob, _chunks, _stored, _deduped, contentHash) { IsAllNew = !_metOld };

        private void ThrowEmpty() => throw new ArgumentException($"an empty payload cannot be a {options.Shape}: only a Small holds no bytes");

        private static void ThrowTooLong(string shape, long limit) =>
            throw new DatafortsException(ErrorKind.LimitExceeded, $"the payload is over the {limit} bytes that a {shape} holds");
    }
}
