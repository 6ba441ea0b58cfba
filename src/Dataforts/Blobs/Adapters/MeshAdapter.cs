using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>This process's own store as an adapter, scheme <c>mesh</c>: all three kinds of ref, in chunks that blobs share.</summary>
/// <remarks>
/// <para>Thread-safe; it does not own the store. Chunks go in before what speaks of them, a Tree's root last; a Manifest's encoding is kept beside
/// its chunks. Nothing is deleted here: what no name or pin keeps is collected with the rest.</para>
/// <para>Every chunk is verified when it is read, so a trusted registration spares the resolver a second hash.</para>
/// </remarks>
public sealed class MeshAdapter : BlobAdapter
{
    private const AdapterCapabilities Can = AdapterCapabilities.Keeps | AdapterCapabilities.ChunkedRefs | AdapterCapabilities.Ranges
        | AdapterCapabilities.Streams | AdapterCapabilities.SelfVerifying | AdapterCapabilities.List | AdapterCapabilities.Durable
        | AdapterCapabilities.Names | AdapterCapabilities.Stripes;

    private readonly BlobStore _store;
    private readonly string? _asideFolder;

    /// <summary>Makes one.</summary>
    /// <param name="store">Open, and disposed by whoever opened it when the adapter is not used any more.</param>
    /// <param name="id">What it is registered under.</param>
    /// <param name="asideFolder">Where long streams are verified before they are stored; null for the system's folder of such files.</param>
    public MeshAdapter(BlobStore store, string id = "mesh", string? asideFolder = null)
        : base(id, Can, "mesh")
    {
        ArgumentNullException.ThrowIfNull(store);
        (_store, _asideFolder) = (store, asideFolder);
    }

    /// <inheritdoc/>
    public override IChunkSource Chunks => _store.Chunks;

    /// <inheritdoc/>
    public override async ValueTask<bool> StoreAsync(BlobRef blob, Stream content, ClaimOptions claim, CancellationToken cancellationToken)
    {
        CheckStore(blob, claim, cancellationToken);
        ArgumentNullException.ThrowIfNull(content);
        if (blob is SmallRef) ThrowIfNoChunk(blob);
        if (blob.SizeBytes <= AdapterLimits.AsideMemoryBytes)
            return await base.StoreAsync(blob, content, claim, cancellationToken).ConfigureAwait(false);
        var verifying = new StreamedClaim(blob, claim);
        FileStream aside = AsideFile.Create(_asideFolder);
        await using (aside.ConfigureAwait(false))
        {
            await verifying.RunAsync(new CopyingStream(content, aside, blob.SizeBytes), null, cancellationToken).ConfigureAwait(false);
            aside.Position = 0;
            using PutSession session = _store.Chunks.BeginPut();
            bool isNew = await verifying.RunAsync(aside, _store.Chunks, cancellationToken).ConfigureAwait(false);
            return await FinishAsync(blob, claim.Durability, isNew, isAllNew: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="PayloadException">The device refused the flush: the blob is stored, and whether it survives a loss of power is not known.</exception>
    public override async ValueTask<PutResult> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckPut(options, cancellationToken);
        PutResult stored = await _store.PutAsync(content, options with { Durability = Durability.Buffered }, null, cancellationToken).ConfigureAwait(false);
        if (options.Durability != Durability.Durable) return stored;
        try
        {
            await _store.Chunks.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return stored;
        }
        catch (DatafortsException error)
        {
            var receipt = new PayloadReceipt(stored.Ref.Encode(), stored, Id, Durability.Buffered);
            throw new PayloadException(error.Kind, $"the payload is stored, but not flushed: {error.Message}", receipt, error);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return _store.OpenReadAsync(blob, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>A Tree is told by its root, which is stored last; a Manifest by all of its chunks.</remarks>
    public override ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return new(blob switch
        {
            SmallRef small => (ulong?)_store.Chunks.LengthOf(small.Hash) == small.SizeBytes,
            TreeRef tree => _store.Chunks.Contains(tree.RootHash),
            ManifestRef manifest => manifest.Chunks.All(chunk => _store.Chunks.Contains(chunk.Hash)),
            _ => false,
        });
    }

#pragma warning disable CS1998 // nothing to await: the index is in memory
    /// <inheritdoc/>
    public override async IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        foreach ((BlobHash hash, int length) in _store.Chunks.Enumerate())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (HexPrefix.Matches(hash, prefix)) yield return new AdapterEntry(hash, (ulong)length);
        }
    }
#pragma warning restore CS1998

    /// <inheritdoc/>
    protected override async ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ThrowIfNoChunk(content.Ref);
        using PutSession session = _store.Chunks.BeginPut();
        bool isNew = false, isAllNew = true;
        foreach (VerifiedChunk chunk in content.Chunks.Concat(content.Nodes))
        {
            bool isStored = await _store.Chunks.StoreAsync(chunk, cancellationToken).ConfigureAwait(false);
            isNew |= isStored;
            isAllNew &= isStored;
        }
        return await FinishAsync(content.Ref, durability, isNew, isAllNew, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken)
    {
        BlobRange? part = range.Length == blob.SizeBytes ? null : range;
        BlobSequence sequence = await _store.ReadSequenceAsync(blob, part, cancellationToken).ConfigureAwait(false);
        return OwnedBytes.Own(sequence.Bytes, sequence);
    }

    private async ValueTask<bool> FinishAsync(BlobRef blob, Durability durability, bool isNew, bool isAllNew, CancellationToken cancellationToken)
    {
        // What was there before may be old enough to be collected; what is new is safe for its age.
        if (!_store.KeepEncoding(blob) || !isAllNew) _store.Chunks.GiveTime([blob]);
        if (durability == Durability.Durable) await _store.Chunks.FlushAsync(cancellationToken).ConfigureAwait(false);
        return isNew;
    }

    private static void ThrowIfNoChunk(BlobRef blob)
    {
        if (blob is SmallRef && blob.SizeBytes > StoreLimits.MaxChunkBytes)
        {
            throw new DatafortsException(ErrorKind.LimitExceeded,
                $"a Small of {blob.SizeBytes} bytes is over MaxChunkBytes ({StoreLimits.MaxChunkBytes}); store a Tree");
        }
    }
}
