using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>The one door through which bytes enter: from a caller, a disk, a peer or a rebuild, all are hashed here, once.</summary>
public static class ChunkVerifier
{
    /// <summary>Hashes bytes that come without a claim.</summary>
    /// <exception cref="DatafortsException">LimitExceeded: more than <see cref="StoreLimits.MaxChunkBytes"/>.</exception>
    public static VerifiedChunk Hash(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > StoreLimits.MaxChunkBytes)
        {
            throw new DatafortsException(ErrorKind.LimitExceeded,
                $"a chunk of {bytes.Length} bytes is over MaxChunkBytes ({StoreLimits.MaxChunkBytes})");
        }
        return new VerifiedChunk(BlobHash.Compute(bytes.Span), bytes);
    }

    /// <summary>Checks bytes against the address and length that a ref or node gives.</summary>
    /// <exception cref="IntegrityException">ChunkLength or ChunkCorrupt.</exception>
    public static VerifiedChunk Verify(in BlobHash expected, long expectedLength, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length != expectedLength) throw IntegrityException.Length(expected, expectedLength, bytes.Length);
        return Verify(expected, bytes);
    }

    /// <summary>Checks bytes against an address alone.</summary>
    /// <exception cref="IntegrityException">ChunkCorrupt.</exception>
    public static VerifiedChunk Verify(in BlobHash expected, ReadOnlyMemory<byte> bytes)
    {
        VerifiedChunk chunk = Hash(bytes);
        if (chunk.Hash != expected) throw IntegrityException.Corrupt(expected, chunk.Hash);
        return chunk;
    }
}
