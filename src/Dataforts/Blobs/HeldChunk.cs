using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>A data chunk of a stripe that is not encoded yet. Its bytes stay where they were read, or, where they would be too many, are read
/// from the store again.</summary>
/// <param name="Hash">Its address.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Block">What <paramref name="Bytes"/> lie in; null when they are not kept.</param>
/// <param name="Bytes">The bytes, while the block is held.</param>
internal readonly record struct HeldChunk(BlobHash Hash, int Length, InputBlock? Block, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Lets go of the bytes.</summary>
    public void Release() => Block?.Release();
}
