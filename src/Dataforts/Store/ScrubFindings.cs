using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>What a scrub under way has found so far. Not thread-safe.</summary>
internal sealed class ScrubFindings
{
    public long Chunks { get; set; }

    public long Bytes { get; set; }

    public List<BlobHash> Corrupt { get; } = [];

    public List<BlobHash> Unreadable { get; } = [];

    public List<BlobHash> Repaired { get; } = [];

    public SortedSet<string> DamagedFiles { get; } = new(StringComparer.Ordinal);

    public ScrubReport ToReport()
    {
        Corrupt.Sort();
        Unreadable.Sort();
        Repaired.Sort();
        return new ScrubReport(Chunks, Bytes, [.. Corrupt], [.. Unreadable], [.. Repaired], [.. DamagedFiles]);
    }
}
