namespace Dataforts.Greedy.Eviction;

/// <summary>Follows whichever policy does best on what is asked for. Each of several experts runs a cache of its own that holds no bytes; this one keeps what
/// the leading expert keeps, and what is left of its predecessor's for as long as there is room.</summary>
/// <remarks>
/// <para>No single policy is near the best on recency, frequency, loops and mixed sizes alike. Following the expert that would have missed least is
/// Subramanian, Smaragdakis, Loh: Adaptive caches (MICRO 2006); that an expert can be a miniature is Waldspurger, Saemundsson, Ahmad, Park: Cache modeling
/// and optimization using miniature simulations (2017), for which a node's caches have too few entries: here experts are of full size.</para>
/// <para>Experts: LRU; S3-FIFO; W-TinyLFU with a window of 1 % and of 30 %; Greedy-Dual-Size-Frequency. Remembers 50 to 100 bytes for each entry and each
/// entry of an expert or its ghosts: up to seven times that for an entry held. A change of leader costs O(entries), at most once an epoch.</para>
/// </remarks>
internal sealed class AdaptivePolicy : SlotPolicy
{
    private const byte Kept = 0;
    private const byte Doomed = 1;

    // What is hard to win back, a working set that is asked for rarely, is kept from the start; what is asked for soon again comes back soon.
    private const int FirstLeader = 2;
    private const int ShortestEpoch = 64;
    private const int EpochsPerTurnover = 4;

    private readonly SlotPolicy[] _experts;
    private readonly ExpertScores _scores;

    // Both in order of use. Kept is what the leader keeps too; doomed is what it does not, and goes first.
    private readonly SlotList _kept;
    private readonly SlotList _doomed;
    private int _leader = FirstLeader;
    private bool _leaderHolds;

    public AdaptivePolicy(long capacityBytes, ulong seed = 0)
        : base(capacityBytes, seed)
    {
        (_kept, _doomed) = (new SlotList(Table), new SlotList(Table));
        _experts =
        [
            new RecencyPolicy(capacityBytes, promotes: true, seed),
            new S3FifoPolicy(capacityBytes, seed),
            new WindowTinyLfuPolicy(capacityBytes, windowPermille: 10, seed),
            new WindowTinyLfuPolicy(capacityBytes, windowPermille: 300, seed),
            new HeatPolicy(capacityBytes, perByte: true, seed),
        ];
        _scores = new ExpertScores(_experts.Length);
    }

    /// <inheritdoc/>
    public override string Implementation => "adaptive(lru,s3fifo,wtinylfu-1%,wtinylfu-30%,gdsf)";

    protected override void OnAsked(ulong key, long sizeBytes)
    {
        if (_scores.Requests >= Math.Max(ShortestEpoch, Count / EpochsPerTurnover)) EndEpoch();
        long held = SizeOf(key);
        bool isHit = sizeBytes == UnknownSize ? held >= 0 : held == sizeBytes;
        for (int i = 0; i < _experts.Length; i++)
        {
            bool wouldHit = sizeBytes == UnknownSize ? _experts[i].Touch(key) : _experts[i].Request(key, sizeBytes) == RequestOutcome.Hit;
            if (wouldHit) _scores.Hit(i, Math.Max(0, sizeBytes));
        }
        _scores.Request(Math.Max(0, sizeBytes), isHit);
        Follow(key);
    }

    protected override void OnAdmitted(ulong key, long sizeBytes)
    {
        foreach (SlotPolicy expert in _experts) expert.Admit(key, sizeBytes);
        Follow(key);
    }

    protected override void OnSizeSet(ulong key, long sizeBytes)
    {
        foreach (SlotPolicy expert in _experts) expert.SetSize(key, sizeBytes);
        Follow(key);
    }

    protected override void OnRemoved(ulong key)
    {
        foreach (SlotPolicy expert in _experts) expert.Remove(key);
    }

    protected override void OnCapacity()
    {
        foreach (SlotPolicy expert in _experts) expert.SetCapacity(CapacityBytes);
        DoomVictims();
    }

    protected override void OnResized(int slot, long differenceBytes) => ListOf(slot).Resized(differenceBytes);

    protected override void OnHit(int slot) => Move(slot, _leaderHolds ? Kept : Doomed);

    // What the leader refuses is taken in only where it is in nobody's way.
    protected override bool Insert(ulong key, long sizeBytes) =>
        (_leaderHolds || UsedBytes <= CapacityBytes - sizeBytes) && base.Insert(key, sizeBytes);

    protected override void Link(int slot)
    {
        Table[slot].Queue = _leaderHolds ? Kept : Doomed;
        ListOf(slot).AddHead(slot);
    }

    protected override void Unlink(int slot) => ListOf(slot).Remove(slot);

    protected override int NextVictim() => PeekVictim();

    protected override int PeekVictim()
    {
        // All that is kept fits, since it fits into the leader: there is something doomed whenever room is needed.
        if (_doomed.Count > 0) return _doomed.Tail;
        return _experts[_leader].TryPeekVictim(out EvictedEntry victim) && Table.Find(victim.Key) is >= 0 and int slot ? slot : _kept.Tail;
    }

    private SlotList ListOf(int slot) => Table[slot].Queue == Kept ? _kept : _doomed;

    private void Move(int slot, byte queue)
    {
        ListOf(slot).Remove(slot);
        Table[slot].Queue = queue;
        ListOf(slot).AddHead(slot);
    }

    private void Follow(ulong key)
    {
        _leaderHolds = _experts[_leader].Contains(key);
        DoomVictims();
    }

    private void DoomVictims()
    {
        foreach (EvictedEntry victim in _experts[_leader].Victims)
        {
            int slot = Table.Find(victim.Key);
            if (slot >= 0 && Table[slot].Queue == Kept) Move(slot, Doomed);
        }
    }

    private void EndEpoch()
    {
        int leader = _scores.EndEpoch(_leader);
        if (leader == _leader) return;
        _leader = leader;
        // From old to new, so that each list stays in order; what is moved to the head is not met again.
        int newestDoomed = _doomed.Head;
        int oldestKept = _kept.Tail;
        for (int slot = _doomed.Tail; slot >= 0;)
        {
            int newer = slot == newestDoomed ? -1 : Table[slot].Previous;
            if (Leads(slot)) Move(slot, Kept);
            slot = newer;
        }
        int newestKept = _kept.Head;
        for (int slot = oldestKept; slot >= 0;)
        {
            int newer = slot == newestKept ? -1 : Table[slot].Previous;
            if (!Leads(slot)) Move(slot, Doomed);
            slot = newer;
        }
    }

    private bool Leads(int slot) => _experts[_leader].Contains(Table[slot].Key);
}
