namespace Dataforts.Content;

/// <summary>The part of one chunk that a byte range of a Manifest needs.</summary>
/// <param name="Index">Which chunk, from 0.</param>
/// <param name="Offset">First byte wanted, counted from the chunk's start.</param>
/// <param name="EndOffset">One past the last byte wanted, counted from the chunk's start.</param>
public readonly record struct ChunkSlice(int Index, uint Offset, uint EndOffset)
{
    /// <summary>How many bytes are wanted; at least 1 in what <see cref="ManifestRef.Slice"/> returns.</summary>
    public uint LengthBytes => EndOffset - Offset;
}
