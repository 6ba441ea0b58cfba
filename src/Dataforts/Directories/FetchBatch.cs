using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>Neighbouring files of one folder that one task writes: two tasks that make files in one folder would wait for each other.</summary>
internal sealed class FetchBatch
{
    private ulong _bytes;

    public List<DirectoryEntry> Files { get; } = new(TreeLimits.BatchEntries);

    /// <summary>Whether a file belongs into another batch.</summary>
    public bool IsOver(DirectoryEntry file) => Files.Count > 0
        && (Files.Count == TreeLimits.FolderBatchEntries || _bytes >= TreeLimits.FolderBatchBytes || !ParentOf(file).SequenceEqual(ParentOf(Files[0])));

    public void Add(DirectoryEntry file)
    {
        Files.Add(file);
        _bytes += file.Blob!.SizeBytes;
    }

    private static ReadOnlySpan<byte> ParentOf(DirectoryEntry file)
    {
        ReadOnlySpan<byte> path = file.PathBytes.Span;
        return path[..Math.Max(0, path.LastIndexOf((byte)'/'))];
    }
}
