using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>Neighbouring files of a tree that one task writes.</summary>
internal sealed class FetchBatch
{
    private long _bytes;

    public List<DirectoryEntry> Files { get; } = new(TreeLimits.BatchEntries);

    /// <summary>Whether one more file would be too many.</summary>
    public bool IsFull => Files.Count == TreeLimits.BatchEntries || _bytes >= TreeLimits.GatheredBytes;

    public void Add(DirectoryEntry file)
    {
        Files.Add(file);
        _bytes += (long)Math.Min(file.Blob!.SizeBytes, TreeLimits.GatheredBytes);
    }
}
