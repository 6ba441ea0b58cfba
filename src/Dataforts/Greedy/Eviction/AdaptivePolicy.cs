namespace Dataforts.Greedy.Eviction;

/// <summary>Follows whichever policy does best on what is asked for. Each of several experts runs a cache of its own that holds no bytes; this one keeps what
/// the leading expert keeps, and what is left of its predecessor's for as long as there is room.</summary>
/// <remarks>
/// <para>No single policy is near the best on recency, frequency, loops and mixed sizes alike. Following the expert that would have missed least is
/// Subramanian, Smaragdakis, Loh: Adaptive caches (MICRO 2006); that an expert can be a miniature is Waldspurger, Saemundsson, Ahmad, Park: Cache modeling
/// and optimization using miniature simulations (2017), for which a node's caches have too few entries: here experts are of full size.</para>
/// <para>Experts: LRU; S3-FIFO; W-TinyLFU with a window of 1 %; Greedy-Dual-Size-Frequency. Remembers 48 to 96 bytes for each entry held
/// and for each entry of an expert or its ghosts: six times that for an entry in all. A change of leader costs O(entries), at most once an epoch.</para>
/// </remarks>
internal sealed class AdaptivePolicy : SlotPolicy
{
    private const byte Kept = 0;
    private const byte Doomed = 1;

    private const int Recency = 0;
    private const int Frequency = 2;

    // Where less than that was asked for again before the cache was full, what is there is kept: on a long loop recency would lose it all.
    private const double LeastReuse = 0.02;

    private const int ShortestEpoch = 64;
    private const int EpochsPerTurnover = 4;

    private readonly SlotPolicy[] _experts;
    private readonly ExpertScores _scores;

    // It is the experts' too, as they see the same requests.
    private readonly FrequencySketch _sketch;

    // Both in order of use. Kept is what the leader keeps too; doomed is what it does not, and goes first.
    private readonly SlotList _kept;
    private readonly SlotList _doomed;
    private int _leader = Recency;
    private bool _hasBeenFull;
    private bool _leaderHolds;

    public AdaptivePolicy(long capacityBytes, ulong seed = 0)
        : base(capacityBytes, seed)
    {
        (_kept, _doomed) = (new SlotList(Table), new SlotList(Table));
        _sketch = new FrequencySketch(64, WindowTinyLfuPolicy.SamplesPerEntry, seed);
        _experts =
        [
            new RecencyPolicy(capacityBytes, promotes: true, seed),
            new S3FifoPolicy(capacityBytes, seed),
            new WindowTinyLfuPolicy(capacityBytes, windowPermille: 10, seed, _sketch),
            new HeatPolicy(capacityBytes, perByte: true, seed),
        ];
        _scores = new ExpertScores(_experts.Length);
    }

    /// <inheritdoc/>
    public override string Implementation => "adaptive(lru,s3fifo,wtinylfu,gdsf)";

    protected override void OnAsked(ulong key, long sizeBytes)
    {
        if (_scores.Requests >= Math.Max(ShortestEpoch, Count / EpochsPerTurnover)) EndEpoch();
        if (!_hasBeenFull && UsedBytes > CapacityBytes - Math.Min(CapacityBytes, Math.Max(0, sizeBytes))) ChooseFirstLeader();
        _sketch.Increment(key);
        if (sizeBytes == UnknownSize) AskExperts(key);
        else AskExperts(key, sizeBytes);
        DoomVictims();
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

    private void AskExperts(ulong key, long sizeBytes)
    {
        _scores.Request(sizeBytes, SizeOf(key) == sizeBytes);
        for (int i = 0; i < _experts.Length; i++)
        {
            RequestOutcome outcome = _experts[i].Request(key, sizeBytes);
            if (outcome == RequestOutcome.Hit) _scores.Hit(i, sizeBytes);
            if (i == _leader) _leaderHolds = outcome != RequestOutcome.Refused;
        }
    }

    // How large it would be is not known: bytes are not counted.
    private void AskExperts(ulong key)
    {
        _scores.Request(0, Contains(key));
        for (int i = 0; i < _experts.Length; i++)
        {
            bool holds = _experts[i].Touch(key);
            if (holds) _scores.Hit(i, 0);
            if (i == _leader) _leaderHolds = holds;
        }
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

    /// <summary>Nobody has been ahead of anybody until now; this is the first time that the choice matters.</summary>
    private void ChooseFirstLeader()
    {
        _hasBeenFull = true;
        Lead(_scores.IsRareReuse(LeastReuse) ? Frequency : Recency);
    }

    private void EndEpoch() => Lead(_scores.EndEpoch(_leader));

    private void Lead(int leader)
    {
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
