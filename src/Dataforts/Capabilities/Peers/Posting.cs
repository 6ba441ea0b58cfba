using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>The nodes under one key. Changed under the index's lock; what readers get is put in order when one asks, and then shared until the next change.</summary>
internal sealed class Posting
{
    // By id. One holder is the common case, so not a dictionary.
    private readonly List<Holder> _members = new(1);
    private Holder[]? _sorted;

    public int Count => _members.Count;

    /// <summary>What is in order already; default when it has to be put in order under the lock.</summary>
    public ImmutableArray<Holder> Ready => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _sorted));

    public ImmutableArray<Holder> PutInOrder()
    {
        Holder[] sorted = [.. _members];
        Array.Sort(sorted);
        Volatile.Write(ref _sorted, sorted);
        return ImmutableCollectionsMarshal.AsImmutableArray<Holder>(sorted);
    }

    public void Set(Holder holder)
    {
        int at = Find(holder.Id);
        if (at >= 0) _members[at] = holder;
        else _members.Insert(~at, holder);
        Volatile.Write(ref _sorted, null);
    }

    public void Remove(NodeId id)
    {
        int at = Find(id);
        if (at >= 0) _members.RemoveAt(at);
        Volatile.Write(ref _sorted, null);
    }

    private int Find(NodeId id)
    {
        int low = 0, high = _members.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _members[middle].Id.CompareTo(id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
