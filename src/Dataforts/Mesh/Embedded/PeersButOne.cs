using System.Collections;

namespace Dataforts.Mesh.Embedded;

/// <summary>A snapshot of all peers, seen without one of them and without a copy: thousands of nodes look at the same one.</summary>
internal sealed class PeersButOne : IReadOnlyList<Peer>
{
    private readonly int _skip;

    /// <summary>Looks at a snapshot.</summary>
    /// <param name="all">In the order of ids.</param>
    /// <param name="left">Who is left out.</param>
    public PeersButOne(IReadOnlyList<Peer> all, NodeId left)
    {
        All = all;
        int low = 0, high = all.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (all[middle].Id < left) low = middle + 1;
            else high = middle;
        }
        bool isThere = low < all.Count && all[low].Id == left;
        _skip = isThere ? low : all.Count;
        Count = isThere ? all.Count - 1 : all.Count;
    }

    /// <summary>The snapshot it looks at.</summary>
    public IReadOnlyList<Peer> All { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Peer this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return All[index < _skip ? index : index + 1];
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Peer> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
