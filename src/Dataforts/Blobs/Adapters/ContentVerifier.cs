using System.Buffers;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Blobs.Adapters;

/// <summary>Verifies the flat content of a Small or a Manifest that came from a foreign adapter.</summary>
internal static class ContentVerifier
{
    /// <summary>Verifies content in memory; every byte is hashed once.</summary>
    /// <exception cref="IntegrityException">ChunkLength or ChunkCorrupt.</exception>
    public static void Verify(BlobRef blob, ReadOnlySequence<byte> content)
    {
        if ((ulong)content.Length != blob.SizeBytes)
            throw IntegrityException.Length(ClaimVerifier.AddressOf(blob), checked((long)blob.SizeBytes), content.Length);
        switch (blob)
        {
            case SmallRef small:
                Check(small.Hash, ClaimVerifier.HashOf(content));
                break;
            case ManifestRef manifest:
                foreach (ChunkRef chunk in manifest.Chunks)
                {
                    Check(chunk.Hash, ClaimVerifier.HashOf(content.Slice(0, chunk.SizeBytes)));
                    content = content.Slice(chunk.SizeBytes);
                }
                break;
            default:
                throw new ArgumentException($"flat bytes do not show whether they are those of a {blob.Kind}", nameof(blob));
        }
    }

    /// <summary>Copies a stream that is to hold a blob's content and verifies it on the way; what was copied counts only when the call returns.</summary>
    /// <exception cref="IntegrityException">ChunkLength or ChunkCorrupt.</exception>
    public static async ValueTask CopyAsync(BlobRef blob, Stream content, Stream destination, CancellationToken cancellationToken)
    {
        if (blob is ManifestRef manifest)
        {
            foreach (ChunkRef chunk in manifest.Chunks)
                await CopyAsync(chunk.Hash, chunk.SizeBytes, content, destination, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await CopyAsync(((SmallRef)blob).Hash, blob.SizeBytes, content, destination, cancellationToken).ConfigureAwait(false);
        }
        var beyond = new byte[1];
        if (await content.ReadAsync(beyond, cancellationToken).ConfigureAwait(false) != 0)
            throw IntegrityException.Length(ClaimVerifier.AddressOf(blob), checked((long)blob.SizeBytes), checked((long)blob.SizeBytes) + 1);
    }

    private static async ValueTask CopyAsync(
        BlobHash expected, ulong size, Stream content, Stream destination, CancellationToken cancellationToken)
    {
        const int BlockBytes = 64 * 1024;
        // Not from a pool: a read that was called off may still write into it.
        var block = new byte[BlockBytes];
        var hasher = new Blake3Hasher();
        ulong left = size;
        while (left > 0)
        {
            Memory<byte> room = block.AsMemory(0, (int)Math.Min(left, BlockBytes));
            int read = await content.ReadAsync(room, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw IntegrityException.Length(expected, checked((long)size), checked((long)(size - left)));
            hasher.Update(room.Span[..read]);
            await AsideFile.AppendAsync(destination, room[..read], cancellationToken).ConfigureAwait(false);
            left -= (ulong)read;
        }
        Check(expected, ClaimVerifier.Finish(hasher));
    }

    private static void Check(in BlobHash expected, in BlobHash actual)
    {
        if (actual != expected) throw IntegrityException.Corrupt(expected, actual);
    }
}
