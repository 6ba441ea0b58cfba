namespace Dataforts.Content;

/// <summary>What the text form of a Manifest names: the stored chunk that holds the Manifest's encoding.</summary>
/// <param name="ChunkHash">BLAKE3 of the encoding.</param>
public readonly record struct ManifestAddress(BlobHash ChunkHash)
{
    /// <summary>The address of <paramref name="manifest"/>; encodes and hashes it.</summary>
    public static ManifestAddress Of(ManifestRef manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new ManifestAddress(BlobHash.Compute(manifest.Encode()));
    }
}
