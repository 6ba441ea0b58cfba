using System.Diagnostics.CodeAnalysis;
using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>Decoded tree nodes, bounded in bytes, the least recently used out first. Only verified nodes go in.</summary>
/// <remarks>Thread-safe. It spares the refetching and decoding of roots and inner nodes on neighbouring reads.</remarks>
public sealed class TreeNodeCache
{
    // What a node costs beyond its encoding: the object, its array's padding to whole structs, the entry here.
    private const int OverheadBytes = 256;

    private static readonly KeyValuePair<string, object?> Hit = new("outcome", "hit");
    private static readonly KeyValuePair<string, object?> Miss = new("outcome", "miss");

    private readonly Dictionary<BlobHash, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacityBytes">The most that its nodes may take; 0 keeps nothing.</param>
    public TreeNodeCache(long capacityBytes = BlobLimits.NodeCacheBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
        CapacityBytes = capacityBytes;
    }

    /// <summary>The most that its nodes may take.</summary>
    public long CapacityBytes { get; }

    /// <summary>What they take now.</summary>
    public long SizeBytes
    {
        get { lock (_gate) return _bytes; }
    }

    internal bool TryGet(in BlobHash hash, [NotNullWhen(true)] out TreeNode? node)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(hash, out LinkedListNode<Entry>? entry))
            {
                _byUse.Remove(entry);
                _byUse.AddFirst(entry);
                node = entry.Value.Node;
            }
            else
            {
                node = null;
            }
        }
        DatafortsMeter.NodeCacheRequests.Add(1, node is null ? Miss : Hit);
        return node is not null;
    }

    internal void Add(in BlobHash hash, TreeNode node)
    {
        long size = node.EncodedLength + (node.EncodedLength / 4) + OverheadBytes;
        if (size > CapacityBytes) return;
        lock (_gate)
        {
            if (_entries.ContainsKey(hash)) return;
            _entries[hash] = _byUse.AddFirst(new Entry(hash, node, size));
            _bytes += size;
            while (_bytes > CapacityBytes)
            {
                Entry oldest = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _entries.Remove(oldest.Hash);
                _bytes -= oldest.Size;
            }
        }
    }

    private sealed record Entry(BlobHash Hash, TreeNode Node, long Size);
}
