using System.Numerics;

namespace Dataforts.Simulation.Caching;

/// <summary>The cache that knows the future. Who goes is who has the most bytes times requests until its next use; a newcomer that would be that one is
/// not taken in.</summary>
/// <remarks>For equal sizes this is Belady's optimum (1966), with bypass. For mixed sizes the optimum is NP-hard, and this greedy rule is an
/// approximation that may be above or below what another offline rule reaches: sizes are put into classes of a quarter of a power of two,
/// each with a heap, and the best of the heaps' tops goes first.</remarks>
internal sealed class BeladyCache(string policy, long capacityBytes) : ReplayedCache(policy, capacityBytes)
{
    private readonly Dictionary<ulong, FutureEntry> _entries = [];
    private readonly SortedList<int, FutureHeap> _classes = [];
    private readonly List<FutureEntry> _leaving = [];
    private long _usedBytes;
    private long _now = -1;

    protected override string Implementation => "belady";

    protected override bool Request(in TraceRequest request, uint nextUse)
    {
        _now++;
        if (_entries.TryGetValue(request.Key, out FutureEntry? held))
        {
            HeapOf(held.SizeBytes).Remove(held);
            if ((ulong)held.SizeBytes == request.SizeBytes)
            {
                held.NextUse = nextUse;
                HeapOf(held.SizeBytes).Add(held);
                return true;
            }
            _entries.Remove(held.Key);
            _usedBytes -= held.SizeBytes;
        }
        if (request.SizeBytes <= (ulong)CapacityBytes && nextUse != NextUses.Never)
            TryAdmit(new FutureEntry { Key = request.Key, SizeBytes = (long)request.SizeBytes, NextUse = nextUse });
        return false;
    }

    private void TryAdmit(FutureEntry newcomer)
    {
        long needed = newcomer.SizeBytes - (CapacityBytes - _usedBytes);
        UInt128 cost = Cost(newcomer);
        while (needed > 0)
        {
            FutureEntry victim = Costliest();
            if (Cost(victim) <= cost)
            {
                // Not worth it after all: who was to leave stays.
                foreach (FutureEntry entry in _leaving) HeapOf(entry.SizeBytes).Add(entry);
                _leaving.Clear();
                return;
            }
            HeapOf(victim.SizeBytes).Remove(victim);
            _leaving.Add(victim);
            needed -= victim.SizeBytes;
        }
        foreach (FutureEntry victim in _leaving)
        {
            _entries.Remove(victim.Key);
            _usedBytes -= victim.SizeBytes;
            Evictions++;
        }
        _leaving.Clear();
        _entries.Add(newcomer.Key, newcomer);
        _usedBytes += newcomer.SizeBytes;
        HeapOf(newcomer.SizeBytes).Add(newcomer);
    }

    private FutureEntry Costliest()
    {
        FutureEntry? costliest = null;
        UInt128 most = 0;
        IList<FutureHeap> heaps = _classes.Values;
        for (int i = 0; i < heaps.Count; i++)
        {
            if (heaps[i].Furthest is not { } furthest) continue;
            UInt128 cost = Cost(furthest);
            if (costliest is not null && cost <= most) continue;
            (costliest, most) = (furthest, cost);
        }
        return costliest!;
    }

    /// <summary>Byte-requests until it would be a hit. One that never is goes before all others; one without bytes costs nothing.</summary>
    private UInt128 Cost(FutureEntry entry) => entry.NextUse == NextUses.Never
        ? UInt128.MaxValue
        : (UInt128)(ulong)(entry.NextUse - _now) * (ulong)entry.SizeBytes;

    private FutureHeap HeapOf(long sizeBytes)
    {
        int log = BitOperations.Log2((ulong)sizeBytes | 1);
        int number = (log << 2) + (int)((ulong)sizeBytes << (63 - log) >> 61 & 3);
        if (_classes.TryGetValue(number, out FutureHeap? heap)) return heap;
        _classes.Add(number, heap = new FutureHeap());
        return heap;
    }
}
