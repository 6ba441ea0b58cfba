using System.Runtime.CompilerServices;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>A directory manifest in a store, to be gone through as often as need be: a small one is read once, a large one streamed each time.</summary>
/// <remarks>Thread-safe. What it hands out is decoded and verified, and not checked for being safe.</remarks>
internal sealed class StoredManifest
{
    private readonly BlobStore _blobs;
    private readonly BlobRef _directory;
    private readonly byte[]? _bytes;

    private StoredManifest(BlobStore blobs, BlobRef directory, byte[]? bytes) => (_blobs, _directory, _bytes) = (blobs, directory, bytes);

    /// <summary>Opens a manifest.</summary>
    /// <exception cref="DatafortsException">BlobNotFound; or chunks of it are missing or wrong.</exception>
    public static async Task<StoredManifest> OpenAsync(BlobStore blobs, BlobRef directory, CancellationToken cancellationToken)
    {
        byte[]? bytes = directory.SizeBytes <= TreeLimits.ManifestMemoryBytes
            ? await blobs.ReadBytesAsync(directory, null, cancellationToken).ConfigureAwait(false)
            : null;
        return new StoredManifest(blobs, directory, bytes);
    }

    /// <summary>All entries, in the order in which they stand.</summary>
    /// <exception cref="DirectoryException">The manifest does not decode.</exception>
    public async IAsyncEnumerable<DirectoryEntry> EntriesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream source = _bytes is null
            ? await _blobs.OpenReadAsync(_directory, cancellationToken).ConfigureAwait(false)
            : new MemoryStream(_bytes, writable: false);
        await using (source.ConfigureAwait(false))
        {
            using DirectoryManifestReader reader = await ReaderAsync(source, cancellationToken).ConfigureAwait(false);
            IAsyncEnumerator<DirectoryEntry> entries = reader.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (entries.ConfigureAwait(false))
            {
                while (await NextAsync(entries).ConfigureAwait(false)) yield return entries.Current;
            }
        }
    }

    private static async ValueTask<DirectoryManifestReader> ReaderAsync(Stream source, CancellationToken cancellationToken)
    {
        try
        {
            return await DirectoryManifestReader.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryFormatException error)
        {
            throw DirectoryException.From(error);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<DirectoryEntry> entries)
    {
        try
        {
            return await entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (DirectoryFormatException error)
        {
            throw DirectoryException.From(error);
        }
    }
}
