using System.Runtime.CompilerServices;
using Dataforts.Blobs.Striping;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>What a payload would become as a Tree, without storing anything: its chunks in order, and the root over them.</summary>
/// <remarks>For one run by one caller. With Reed-Solomon a whole stripe is in memory while its parity is computed.</remarks>
/// <param name="profile">How to cut.</param>
/// <param name="encoding">How the content is protected against loss.</param>
/// <param name="replicateTail">As <see cref="PutOptions.ReplicateTail"/>.</param>
public sealed class BlobOutline(ChunkingProfile profile, BlobEncoding encoding = default, bool replicateTail = false)
{
    private readonly TreeBuilder _tree = new();

    /// <summary>The root, when the run has ended; null of empty content.</summary>
    public TreeRoot? Root { get; private set; }

    /// <summary>Cuts and hashes <paramref name="content"/> from its position to its end.</summary>
    /// <param name="content">It stays open.</param>
    /// <param name="whole">Also fed with every byte when given.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="DecodeException">No tree holds so many chunks, or chunks so small.</exception>
    public IAsyncEnumerable<CutChunk> RunAsync(Stream content, Blake3Hasher? whole = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return encoding.IsReedSolomon ? StripedAsync(content, whole, cancellationToken) : PlainAsync(content, whole, cancellationToken);
    }

    private async IAsyncEnumerable<CutChunk> PlainAsync(
        Stream content, Blake3Hasher? whole, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool any = false;
        await foreach (CutChunk chunk in new ChunkPipeline(profile).RunAsync(content, default, whole, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            _tree.Add(chunk.Hash, (uint)chunk.Length);
            DropNodes();
            yield return chunk;
        }
        if (any) Root = _tree.Finish();
    }

    private async IAsyncEnumerable<CutChunk> StripedAsync(
        Stream content, Blake3Hasher? whole, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rules = new StripeRules(encoding, !replicateTail);
        var sink = new NowhereSink();
        var pipeline = new ChunkPipeline(profile, sink) { KeepsBytes = true, HalvesSingle = rules.ProtectsTail };
        using var striper = new Striper(sink, rules, profile, new WindowOptions().For(isImmediate: true), cancellationToken);
        try
        {
            bool any = false;
            await foreach (ChunkBatch batch in pipeline.BatchesAsync(content, default, whole, null, cancellationToken).ConfigureAwait(false))
            {
                for (int i = 0; i < batch.Count; i++)
                {
                    any = true;
                    striper.Add(batch, i);
                    await AddLeavesAsync(striper, mustWait: false).ConfigureAwait(false);
                    yield return batch[i];
                }
            }
            if (!any) yield break;
            striper.Finish();
            await AddLeavesAsync(striper, mustWait: true).ConfigureAwait(false);
            Root = _tree.Finish();
        }
        finally
        {
            await striper.StopAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask AddLeavesAsync(Striper striper, bool mustWait)
    {
        while (await striper.TakeLeafAsync(mustWait).ConfigureAwait(false) is { } leaf)
        {
            _tree.AddLeaf(leaf);
            DropNodes();
        }
    }

    // Only the root is asked for; what is below it need not be kept.
    private void DropNodes()
    {
        while (_tree.TryTakeNode(out _))
        {
        }
    }

    private sealed class NowhereSink : IChunkSink
    {
        public bool IsImmediate => true;

        public ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken) => new(false);
    }
}
