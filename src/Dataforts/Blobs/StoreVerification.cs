using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>What a check of a whole store found.</summary>
/// <param name="Chunks">Chunks checked.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Corrupt">Chunks whose bytes are wrong or cut short, and nodes that contradict what leads to them.</param>
/// <param name="Missing">Chunks that a name or pin reaches and the store does not have.</param>
/// <param name="DamagedFiles">Files in which something is not as it should be.</param>
public sealed record StoreVerification(
    long Chunks, long Bytes, IReadOnlyList<BlobHash> Corrupt, IReadOnlyList<BlobHash> Missing, IReadOnlyList<string> DamagedFiles)
{
    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => Corrupt.Count == 0 && Missing.Count == 0 && DamagedFiles.Count == 0;
}
