using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>Content in memory that has been found to be what its ref says, with the hashes that were computed on the way, so that nobody
/// hashes it again.</summary>
/// <remarks>Valid until the call it was handed to ends. Only this library makes one.</remarks>
public sealed class VerifiedContent : IDisposable
{
    private readonly IDisposable? _owner;

    internal VerifiedContent(
        BlobRef blob, ReadOnlyMemory<byte> bytes, IReadOnlyList<VerifiedChunk> chunks, IReadOnlyList<VerifiedChunk> nodes, IDisposable? owner)
    {
        (Ref, Bytes, Chunks, Nodes) = (blob, bytes, chunks, nodes);
        _owner = owner;
    }

    /// <summary>The ref that the content was held against.</summary>
    public BlobRef Ref { get; }

    /// <summary>All of the content.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The content's chunks in order; empty for a Small that is longer than <see cref="StoreLimits.MaxChunkBytes"/>.</summary>
    public IReadOnlyList<VerifiedChunk> Chunks { get; }

    /// <summary>A Tree's nodes, the root last; empty for other refs.</summary>
    public IReadOnlyList<VerifiedChunk> Nodes { get; }

    /// <inheritdoc/>
    public void Dispose() => _owner?.Dispose();
}
