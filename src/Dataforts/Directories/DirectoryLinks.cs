using System.Runtime.CompilerServices;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>What a tree keeps alive beside its manifest: the ref of every file.</summary>
/// <remarks>Holds nothing. Memory does not grow with the tree. A manifest that cannot be read is an error: then what the tree reaches is not known, and
/// nothing of it may be taken for garbage.</remarks>
public sealed class DirectoryLinks : IDirectoryLinks
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobRef> ReadAsync(
        BlobStore store, BlobRef manifest, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(manifest);
        StoredManifest stored = await StoredManifest.OpenAsync(store, manifest, cancellationToken).ConfigureAwait(false);
        await foreach (DirectoryEntry entry in stored.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Blob is { } blob) yield return blob;
        }
    }
}
