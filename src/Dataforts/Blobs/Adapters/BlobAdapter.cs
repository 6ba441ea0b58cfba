using System.Buffers;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>What every adapter has in common: what is asked is held against the capabilities, and what is stored against its claim, before the medium
/// is touched. An adapter that derives from this one cannot write what was not verified.</summary>
/// <remarks>Thread-safe as far as the medium's part, the protected members, is.</remarks>
public abstract class BlobAdapter : IBlobAdapter
{
    /// <summary>Makes one.</summary>
    /// <param name="id">Not empty.</param>
    /// <param name="capabilities">What the medium's part can do; members that need more throw by themselves.</param>
    /// <param name="schemes">None for any.</param>
    protected BlobAdapter(string id, AdapterCapabilities capabilities, params IReadOnlyList<string> schemes)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(schemes);
        (Id, Capabilities, Schemes) = (id, capabilities, [.. schemes]);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public AdapterCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Schemes { get; }

    /// <inheritdoc/>
    public virtual IChunkSource? Chunks => null;

    /// <inheritdoc/>
    public async ValueTask<bool> StoreAsync(BlobRef blob, ReadOnlySequence<byte> content, ClaimOptions claim, CancellationToken cancellationToken)
    {
        CheckStore(blob, claim, cancellationToken);
        using VerifiedContent verified = await ClaimVerifier.VerifyAsync(blob, Hold(content), claim, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(verified, claim.Durability, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Here by way of memory; what is longer than <see cref="BlobLimits.MaxBufferedReadBytes"/> needs an adapter with
    /// <see cref="AdapterCapabilities.Streams"/>.</remarks>
    public virtual async ValueTask<bool> StoreAsync(BlobRef blob, Stream content, ClaimOptions claim, CancellationToken cancellationToken)
    {
        CheckStore(blob, claim, cancellationToken);
        ArgumentNullException.ThrowIfNull(content);
        using PooledContent buffered = await PooledContent.ReadAsync(content, blob.SizeBytes, cancellationToken).ConfigureAwait(false);
        return await StoreAsync(blob, new ReadOnlySequence<byte>(buffered.Memory), claim, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Here by way of memory. An adapter without <see cref="AdapterCapabilities.ChunkedRefs"/> makes a Small of every content.</remarks>
    public virtual async ValueTask<PutResult> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckPut(options, cancellationToken);
        using PooledContent buffered = await PooledContent.ReadAsync(content, null, cancellationToken).ConfigureAwait(false);
        bool isChunked = Capabilities.HasFlag(AdapterCapabilities.ChunkedRefs);
        PutOptions wanted = isChunked ? options : options with { Shape = BlobShape.Small };
        ReadOnlyMemory<byte> bytes = Hold(new ReadOnlySequence<byte>(buffered.Memory)).First;
        using VerifiedContent described = await ContentCutter
            .DescribeAsync(bytes, wanted, Schemes.Count == 0 ? null : Schemes[0], cancellationToken).ConfigureAwait(false);
        bool isNew = await WriteAsync(described, options.Durability, cancellationToken).ConfigureAwait(false);
        long stored = isNew ? described.Bytes.Length + described.Nodes.Sum(node => (long)node.Bytes.Length) : 0;
        BlobHash? whole = described.Ref is SmallRef small ? small.Hash
            : options.RecordContentHash ? BlobHash.Compute(described.Bytes.Span) : null;
        return new PutResult(described.Ref, Math.Max(1, described.Chunks.Count), stored, isNew ? 0 : described.Bytes.Length, whole);
    }

    /// <inheritdoc/>
    public async ValueTask<OwnedBytes> FetchAsync(BlobRef blob, BlobRange? range, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        if (range is not null) Require(AdapterCapabilities.Ranges, "fetch ranges");
        BlobRange wanted = BlobRange.Buffered(blob, range);
        if (range is not null && wanted.Length == 0) return OwnedBytes.Empty;
        OwnedBytes bytes = await ReadAsync(blob, wanted, cancellationToken).ConfigureAwait(false);
        if ((ulong)bytes.Length == wanted.Length) return bytes;
        long length = bytes.Length;
        bytes.Dispose();
        throw IntegrityException.Length(ClaimVerifier.AddressOf(blob), (long)wanted.Length, length);
    }

    /// <inheritdoc/>
    public virtual ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        throw Lacks("open streams");
    }

    /// <inheritdoc/>
    public abstract ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return await ExistsAsync(blob, cancellationToken).ConfigureAwait(false) ? new AdapterStat(blob.SizeBytes) : throw NotFound(blob);
    }

    /// <inheritdoc/>
    public virtual ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        throw Lacks("delete");
    }

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, CancellationToken cancellationToken) => throw Lacks("list");

    /// <summary>Writes verified content, whole or not at all.</summary>
    /// <returns>Whether anything was newly stored.</returns>
    protected abstract ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken);

    /// <summary>Reads a range that is inside the blob and fits memory; the whole blob's when the adapter has no ranges.</summary>
    protected abstract ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken);

    /// <summary>Content as it is written from. An adapter that gives calls up before they end returns a copy, as the caller's buffer is not to be read
    /// after that.</summary>
    protected virtual ReadOnlySequence<byte> Hold(ReadOnlySequence<byte> content) => content;

    /// <summary>The error of a blob that is not there.</summary>
    protected DatafortsException NotFound(BlobRef blob) =>
        new(ErrorKind.BlobNotFound, $"the adapter \"{Id}\" does not have the blob {blob}");

    /// <summary>Refuses refs of a kind that the adapter does not take.</summary>
    /// <exception cref="DatafortsException">Unsupported.</exception>
    protected void CheckKind(BlobRef blob, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        cancellationToken.ThrowIfCancellationRequested();
        if (blob is not SmallRef) Require(AdapterCapabilities.ChunkedRefs, $"keep a {blob.Kind}");
    }

    /// <summary>Refuses claims that the adapter cannot keep, before anything is read.</summary>
    /// <exception cref="DatafortsException">Unsupported.</exception>
    protected void CheckStore(BlobRef blob, ClaimOptions claim, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        ArgumentNullException.ThrowIfNull(claim);
        if (claim.Durability == Durability.Durable) Require(AdapterCapabilities.Durable, "promise durability");
        ClaimVerifier.CheckShape(blob, claim);
    }

    /// <summary>Refuses options that the adapter cannot keep, before anything is read.</summary>
    /// <exception cref="DatafortsException">Unsupported.</exception>
    protected void CheckPut(PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Durability == Durability.Durable) Require(AdapterCapabilities.Durable, "promise durability");
        if (options.Name is not null) Require(AdapterCapabilities.Names, "keep names");
        if (options.Encoding.IsReedSolomon) Require(AdapterCapabilities.Stripes, "protect blobs with parity");
        if (options.Shape is BlobShape.Manifest or BlobShape.Tree) Require(AdapterCapabilities.ChunkedRefs, $"keep a {options.Shape}");
    }

    /// <summary>Refuses what a capability is missing for.</summary>
    /// <exception cref="DatafortsException">Unsupported.</exception>
    protected void Require(AdapterCapabilities capability, string what)
    {
        if (!Capabilities.HasFlag(capability)) throw Lacks(what);
    }

    private DatafortsException Lacks(string what) => new(ErrorKind.Unsupported, $"the adapter \"{Id}\" does not {what}");
}
