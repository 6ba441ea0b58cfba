using System.Collections.Concurrent;

namespace Dataforts.Greedy.Caching;

/// <summary>How many cached channels hold something of each origin, so that "is it held" is one look-up.</summary>
/// <remarks>Questions may be asked from any thread without a lock; changes are made by one thread at a time, under the cache's gate. Origin 0 stands
/// for an unknown
/// publisher and is never held.</remarks>
internal sealed class OriginIndex
{
    private readonly ConcurrentDictionary<ulong, int> _counts = new();

    /// <summary>How many different origins are held.</summary>
    public int Count => _counts.Count;

    /// <summary>Whether something of an origin is held.</summary>
    public bool Contains(ulong origin) => origin != 0 && _counts.ContainsKey(origin);

    /// <summary>How many holdings an origin has.</summary>
    public int CountOf(ulong origin) => _counts.GetValueOrDefault(origin);

    /// <summary>Counts one more holding.</summary>
    /// <returns>Whether it is the origin's first.</returns>
    public bool Add(ulong origin)
    {
        if (origin == 0) return false;
        int count = _counts.GetValueOrDefault(origin) + 1;
        _counts[origin] = count;
        return count == 1;
    }

    /// <summary>Counts one holding less.</summary>
    /// <returns>Whether it was the origin's last.</returns>
    /// <exception cref="InvalidOperationException">There is none to be taken away.</exception>
    public bool Remove(ulong origin)
    {
        if (origin == 0) return false;
        int count = _counts.GetValueOrDefault(origin);
        if (count == 0) throw new InvalidOperationException($"Origin {origin} has no holding.");
        if (count > 1)
        {
            _counts[origin] = count - 1;
            return false;
        }
        _counts.TryRemove(origin, out _);
        return true;
    }

    /// <summary>Moves one holding from an origin to another; from or to 0 it is only added or taken away.</summary>
    public void Move(ulong from, ulong to)
    {
        if (from == to) return;
        Remove(from);
        Add(to);
    }
}
