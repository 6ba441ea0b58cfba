using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>What is there of a blob.</summary>
/// <param name="MissingChunks">Chunks and nodes that are not there, by address; below a missing node nothing is known.</param>
/// <param name="CorruptChunks">Those that are there and wrong: bytes, length or shape.</param>
/// <param name="DistinctChunks">Distinct data chunks met.</param>
public sealed record BlobStat(IReadOnlyList<BlobHash> MissingChunks, IReadOnlyList<BlobHash> CorruptChunks, long DistinctChunks)
{
    /// <summary>How many more of the objects stored for it may be lost, whichever they are, and every byte can still be read; -1 when something
    /// is lost for good.</summary>
    /// <value>At most 0 unless it was put with Reed-Solomon.</value>
    public int ToleratedLosses { get; init; }

    /// <summary>Whether every byte of the blob can be read, if need be rebuilt from its stripes.</summary>
    public bool IsPresent => ToleratedLosses >= 0;
}
