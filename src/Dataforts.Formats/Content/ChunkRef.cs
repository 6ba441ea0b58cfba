namespace Dataforts.Content;

/// <summary>A chunk of a Manifest.</summary>
/// <param name="Hash">The chunk's address.</param>
/// <param name="SizeBytes">Its length: 1 to <see cref="FormatLimits.ManifestChunkSizeBytes"/>.</param>
public readonly record struct ChunkRef(BlobHash Hash, uint SizeBytes);
