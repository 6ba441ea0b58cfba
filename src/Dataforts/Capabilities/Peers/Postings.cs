using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>Who is under which key. Writers hold the lock; readers take none unless they are the first to ask after a change.</summary>
internal sealed class Postings<TKey>(Lock gate, IComparer<TKey> order)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Posting> _byKey = new();

    public int Keys => _byKey.Count;

    public ImmutableArray<Holder> Find(TKey key)
    {
        if (!_byKey.TryGetValue(key, out Posting? posting)) return [];
        ImmutableArray<Holder> ready = posting.Ready;
        if (!ready.IsDefault) return ready;
        lock (gate) return posting.PutInOrder();
    }

    /// <summary>Replaces a node's marks; both lists are ordered. Writes only where they differ, unless <paramref name="hasMoved"/>: then it is at another distance.</summary>
    /// <returns>Entries written or removed.</returns>
    public int Update(NodeId id, bool isSelf, TimeSpan? roundTrip, ImmutableArray<Mark<TKey>> had, ImmutableArray<Mark<TKey>> now, bool hasMoved = false)
    {
        int work = 0, old = 0;
        foreach (Mark<TKey> mark in now)
        {
            int sign = 1;
            while (old < had.Length && (sign = order.Compare(had[old].Key, mark.Key)) < 0) work += Remove(had[old++].Key, id);
            bool isKnown = old < had.Length && sign == 0;
            if (isKnown && had[old++] == mark && !hasMoved) continue;
            Set(mark.Key, new Holder(id, isSelf, roundTrip, mark.Claim, mark.Level));
            work++;
        }
        for (; old < had.Length; old++) work += Remove(had[old].Key, id);
        return work;
    }

    private void Set(TKey key, Holder holder)
    {
        if (!_byKey.TryGetValue(key, out Posting? posting)) _byKey[key] = posting = new Posting();
        posting.Set(holder);
    }

    private int Remove(TKey key, NodeId id)
    {
        if (!_byKey.TryGetValue(key, out Posting? posting)) return 0;
        posting.Remove(id);
        if (posting.Count == 0) _byKey.TryRemove(key, out _);
        return 1;
    }
}
