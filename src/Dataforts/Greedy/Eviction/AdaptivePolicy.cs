namespace Dataforts.Greedy.Eviction;

/// <summary>Follows the policy that does best on what is asked for: each expert runs a cache of its own that holds no bytes, and this one keeps what the leading
/// expert keeps.</summary>
internal sealed class AdaptivePolicy : SlotPolicy
{
    private const byte Kept = 0;
    private const byte Doomed = 1;
    private const int Recency = 0;

    public static double EpochShare = 0.25, Decay = 0.8, Margin = 0.005, Sigma = 1.0, ByteSlack = 0.003; public static int MinEpoch = 64;

    private readonly SlotPolicy[] _experts;
    private readonly double[] _score;
    private readonly double[] _byteScore;
    private readonly long[] _hits;
    private readonly double[] _hitBytes;

    // In order of use. Kept is what the leader keeps too; doomed is what it has not, and goes first.
    private readonly SlotList _kept;
    private readonly SlotList _doomed;
    private int _leader;
    private bool _leaderHolds;
    private long _requests;
    private double _window, _windowBytes, _bytes, _ownHitBytes, _debt, _debtBase;
    public int Switches;
    public int[] Led = new int[8];

    public AdaptivePolicy(long capacityBytes, ulong seed = 0)
        : base(capacityBytes, seed)
    {
        (_kept, _doomed) = (new SlotList(Table), new SlotList(Table));
        _experts =
        [
            new RecencyPolicy(capacityBytes, promotes: true, seed),
            new S3FifoPolicy(capacityBytes, seed),
            new WindowTinyLfuPolicy(capacityBytes, 10, seed),
            new WindowTinyLfuPolicy(capacityBytes, 300, seed),
            new HeatPolicy(capacityBytes, perByte: true, seed),
        ];
        int n = _experts.Length;
        (_score, _byteScore, _hits, _hitBytes) = (new double[n], new double[n], new long[n], new double[n]);
    }

    /// <inheritdoc/>
    public override string Implementation => "adaptive";

    protected override void OnAsked(ulong key, long sizeBytes)
    {
        if (_requests >= Math.Max(MinEpoch, (long)(Count * EpochShare))) EndEpoch();
        _requests++;
        _bytes += Math.Max(0, sizeBytes);
        for (int i = 0; i < _experts.Length; i++)
        {
            if (sizeBytes < 0 ? _experts[i].Touch(key) : _experts[i].Request(key, sizeBytes) == RequestOutcome.Hit)
            {
                _hits[i]++;
                _hitBytes[i] += Math.Max(0, sizeBytes);
            }
        }
        if (Table.Find(key) is >= 0 and int slot && Table[slot].SizeBytes == sizeBytes) _ownHitBytes += sizeBytes;
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

    protected override void OnHit(int slot)
    {
        ListOf(slot).Remove(slot);
        Table[slot].Queue = _leaderHolds ? Kept : Doomed;
        ListOf(slot).AddHead(slot);
    }

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
        if (_doomed.Count > 0) return _doomed.Tail;
        return _experts[_leader].TryPeekVictim(out EvictedEntry victim) && Table.Find(victim.Key) is >= 0 and int slot ? slot : _kept.Tail;
    }

    private SlotList ListOf(int slot) => Table[slot].Queue == Kept ? _kept : _doomed;

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
            if (slot < 0 || Table[slot].Queue == Doomed) continue;
            _kept.Remove(slot);
            Table[slot].Queue = Doomed;
            _doomed.AddHead(slot);
        }
    }

    private void EndEpoch()
    {
        _window = (_window * Decay) + _requests;
        _windowBytes = (_windowBytes * Decay) + _bytes;
        _debt = (_debt * 0.99) + _ownHitBytes - _hitBytes[Recency];
        _debtBase = (_debtBase * 0.99) + _bytes;
        for (int i = 0; i < _experts.Length; i++)
        {
            _score[i] = (_score[i] * Decay) + _hits[i];
            _byteScore[i] = (_byteScore[i] * Decay) + _hitBytes[i];
            _hits[i] = 0;
            _hitBytes[i] = 0;
        }
        Led[_leader]++;
        bool owes = _debt < -ByteSlack * _debtBase;
        int best = Recency;
        for (int i = 1; i < _experts.Length; i++)
        {
            if (owes && _byteScore[i] < _byteScore[Recency]) continue;
            if (_score[i] > _score[best]) best = i;
        }
        bool mustGo = owes && _byteScore[_leader] < _byteScore[Recency];
        if (best != _leader && (mustGo || _score[best] - _score[_leader] > (Margin * _window) + (Sigma * Math.Sqrt(_score[best] - _score[_leader] > 0 ? _score[best] : 0)))) Lead(best);
        _requests = 0;
        _bytes = 0;
        _ownHitBytes = 0;
    }

    private void Lead(int leader)
    {
        Switches++;
        _leader = leader;
        int doomed = _doomed.Tail;
        for (int slot = _kept.Tail, newer; slot >= 0; slot = newer)
        {
            newer = Table[slot].Previous;
            if (!_experts[leader].Contains(Table[slot].Key)) Move(slot, Doomed);
        }
        for (int slot = doomed, newer; slot >= 0; slot = newer)
        {
            newer = Table[slot].Previous;
            bool ends = newer < 0;
            if (_experts[leader].Contains(Table[slot].Key)) Move(slot, Kept);
            if (ends) break;
        }
    }

    private void Move(int slot, byte queue)
    {
        ListOf(slot).Remove(slot);
        Table[slot].Queue = queue;
        ListOf(slot).AddHead(slot);
    }
}
