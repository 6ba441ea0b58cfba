namespace Dataforts.Content;

/// <summary>A chunk that a leaf lists.</summary>
/// <param name="Hash">The chunk's address.</param>
/// <param name="SizeBytes">Its length: 1 to <see cref="FormatLimits.LeafChunkMaxBytes"/>.</param>
/// <param name="Role">Content or parity.</param>
public readonly record struct TreeChunk(BlobHash Hash, uint SizeBytes, ChunkRole Role)
{
    /// <summary>Bytes on the wire.</summary>
    internal int EncodedLength => BlobHash.SizeBytes + PostcardWriter.VarintLength(SizeBytes) + Role.EncodedLength;
}
