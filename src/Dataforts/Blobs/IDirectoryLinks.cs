using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>Says what a directory's manifest refers to. The life cycle asks it of roots that are directories, and of nothing else.</summary>
/// <remarks>Thread-safe. The same manifest gives the same refs each time.</remarks>
public interface IDirectoryLinks
{
    /// <summary>Reads every ref in a manifest, in any order, repeated ones each time.</summary>
    /// <param name="store">Where the manifest is.</param>
    /// <param name="manifest">The manifest's own ref.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IntegrityException">A part of the manifest is missing or wrong.</exception>
    /// <exception cref="DecodeException">It is no manifest.</exception>
    IAsyncEnumerable<BlobRef> ReadAsync(BlobStore store, BlobRef manifest, CancellationToken cancellationToken);
}
