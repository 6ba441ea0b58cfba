using Dataforts.Content.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>Neighbouring nodes of a folder that one task reads, and what it made of them.</summary>
internal sealed class PublishBatch
{
    public (byte[] Path, DiskNodeKind Kind)[] Nodes { get; } = new (byte[], DiskNodeKind)[TreeLimits.BatchEntries];

    public DirectoryEntry?[] Entries { get; } = new DirectoryEntry?[TreeLimits.BatchEntries];

    public int Count { get; private set; }

    public bool IsFull => Count == Nodes.Length;

    public long StoredBytes { get; set; }

    public IReadOnlyList<string> Changed { get; set; } = [];

    public void Add(byte[] path, DiskNodeKind kind) => Nodes[Count++] = (path, kind);
}
