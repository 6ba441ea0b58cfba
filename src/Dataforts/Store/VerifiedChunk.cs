using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>Bytes together with the hash that they have been found to have. Only <see cref="ChunkVerifier"/> makes one,
/// so whoever is handed one need not hash again. The bytes must not change while it is in use.</summary>
public readonly struct VerifiedChunk
{
    internal VerifiedChunk(in BlobHash hash, ReadOnlyMemory<byte> bytes)
    {
        Hash = hash;
        Bytes = bytes;
    }

    /// <summary>The BLAKE3 of <see cref="Bytes"/>.</summary>
    public BlobHash Hash { get; }

    /// <summary>0 to <see cref="StoreLimits.MaxChunkBytes"/> bytes; owned by whoever made the chunk.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }
}
