using System.Runtime.InteropServices;

namespace Dataforts.Greedy.Eviction;

/// <summary>What a policy remembers of one entry: 40 bytes, and 8 to 16 more in the table's buckets.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Entry
{
    public ulong Key;
    public long SizeBytes;

    /// <summary>Neighbours in the one list it is in; -1 at the ends.</summary>
    public int Previous;
    public int Next;

    /// <summary>Which list, where a policy has several.</summary>
    public byte Queue;

    /// <summary>A few bits of popularity, for policies that keep them with the entry.</summary>
    public byte Count;

    /// <summary>Whatever else a policy keeps, such as a place in a heap.</summary>
    public int Place;
    public double Value;
}
