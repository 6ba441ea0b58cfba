using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>What is there of a blob.</summary>
/// <param name="MissingChunks">Chunks and nodes that are not there, by address; below a missing node nothing is known.</param>
/// <param name="CorruptChunks">Those that are there and wrong: bytes, length or shape.</param>
/// <param name="DistinctChunks">Distinct data chunks met.</param>
public sealed record BlobStat(IReadOnlyList<BlobHash> MissingChunks, IReadOnlyList<BlobHash> CorruptChunks, long DistinctChunks)
{
    /// <summary>Whether every byte of the blob can be read.</summary>
    public bool IsPresent => MissingChunks.Count == 0 && CorruptChunks.Count == 0;
}
