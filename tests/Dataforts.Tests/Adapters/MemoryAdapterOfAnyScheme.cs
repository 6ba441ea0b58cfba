using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;

namespace Dataforts.Tests.Adapters;

/// <summary>An adapter that lists no scheme and so takes any.</summary>
internal sealed class MemoryAdapterOfAnyScheme() : BlobAdapter("any", AdapterCapabilities.Keeps)
{
    private byte[]? _content;

    public override ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken) => new(_content is not null);

    protected override ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken)
    {
        _content = content.Bytes.ToArray();
        return new(true);
    }

    protected override ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken) =>
        new(OwnedBytes.Borrow(_content));
}
