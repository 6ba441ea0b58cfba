using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>What a scrub found and did.</summary>
/// <param name="Chunks">Chunks read.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Corrupt">Chunks whose bytes are wrong, twice read, and could not be had elsewhere. In a store open for writing they are in quarantine.</param>
/// <param name="Unreadable">Chunks that the system cannot read. They stay in place, for the next try may succeed; a put in this process mends them.</param>
/// <param name="Repaired">Chunks that were wrong or unreadable, and were written anew with the right bytes.</param>
/// <param name="DamagedFiles">Segments in which a record that is no chunk is wrong, or bytes hold no record.</param>
public sealed record ScrubReport(
    long Chunks, long Bytes, IReadOnlyList<BlobHash> Corrupt, IReadOnlyList<BlobHash> Unreadable, IReadOnlyList<BlobHash> Repaired,
    IReadOnlyList<string> DamagedFiles)
{
    /// <summary>Whether nothing was found that is still wrong.</summary>
    public bool IsSound => Corrupt.Count == 0 && Unreadable.Count == 0 && DamagedFiles.Count == 0;
}
