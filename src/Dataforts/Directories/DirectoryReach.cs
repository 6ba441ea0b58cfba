using System.Runtime.CompilerServices;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>What a tree keeps alive beside its manifest.</summary>
public static class DirectoryReach
{
    /// <summary>The ref of every file, in the manifest's order, each as often as it is there. Memory does not grow with the tree.</summary>
    /// <exception cref="DatafortsException">The manifest cannot be read or decoded: then what the tree reaches is not known, and nothing of it may be
    /// taken for garbage.</exception>
    public static async IAsyncEnumerable<BlobRef> RefsOfAsync(
        BlobStore blobs, BlobRef directory, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        ArgumentNullException.ThrowIfNull(directory);
        StoredManifest manifest = await StoredManifest.OpenAsync(blobs, directory, cancellationToken).ConfigureAwait(false);
        await foreach (DirectoryEntry entry in manifest.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Blob is { } blob) yield return blob;
        }
    }
}
