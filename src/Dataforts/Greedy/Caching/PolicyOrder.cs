using Dataforts.Greedy.Eviction;

namespace Dataforts.Greedy.Caching;

/// <summary>Lets an eviction policy choose among channels. A channel that the policy does not want, or no longer, is the first to go when room is
/// needed, unless
/// it is read before that.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class PolicyOrder(IEvictionPolicy policy) : IVictimOrder
{
    // In the order in which they fell out, so that the same calls give the same victims.
    private readonly OrderedDictionary<ulong, long> _unwanted = [];

    public void Add(ulong id, long bytes)
    {
        if (!policy.Admit(id, bytes)) _unwanted[id] = bytes;
        Collect();
    }

    public void Resize(ulong id, long bytes)
    {
        if (_unwanted.ContainsKey(id)) _unwanted[id] = bytes;
        else if (!policy.SetSize(id, bytes)) _unwanted[id] = bytes;
        Collect();
    }

    public void Touch(ulong id)
    {
        if (policy.Touch(id) || !_unwanted.TryGetValue(id, out long bytes) || !policy.Admit(id, bytes)) return;
        _unwanted.Remove(id);
        Collect();
    }

    public void Remove(ulong id)
    {
        if (!_unwanted.Remove(id)) policy.Remove(id);
    }

    public void SetCapacity(long bytes)
    {
        policy.SetCapacity(bytes);
        Collect();
    }

    public bool TryVictim(out ulong id)
    {
        if (_unwanted.Count > 0)
        {
            id = _unwanted.GetAt(0).Key;
            return true;
        }
        bool any = policy.TryPeekVictim(out EvictedEntry victim);
        id = victim.Key;
        return any;
    }

    private void Collect()
    {
        foreach (EvictedEntry victim in policy.Victims) _unwanted[victim.Key] = victim.SizeBytes;
    }
}
