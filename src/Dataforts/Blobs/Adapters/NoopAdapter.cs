using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>Verifies what it is given and keeps nothing: for measuring, and for hosts that only want refs.</summary>
public sealed class NoopAdapter : BlobAdapter
{
    /// <summary>Makes one.</summary>
    public NoopAdapter(string id = "noop")
        : base(id, AdapterCapabilities.ChunkedRefs)
    {
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return new(false);
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken) => new(false);

    /// <inheritdoc/>
    protected override ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken) => throw NotFound(blob);
}
