using System.Runtime.CompilerServices;

namespace Dataforts.Gravity;

/// <summary>Counts reads by key, with decay, for a bounded number of keys.</summary>
/// <remarks>
/// <para>Thread-safe behind one lock, which is held for the length of one fetch's keys or one tick's changes and never while anything is awaited.
/// A bump is O(1) and computes no power or exponential beyond one short series a fetch; a new key at the limit takes the place of the one touched least
/// recently, also in O(1); ticks, decay and looking on touch nothing. A warm bump allocates nothing. Keys that nobody reads cost nothing until their
/// advertised heat has to change.</para>
/// <para>Memory grows with the keys up to the limit: 80 bytes for a 64-bit key, 104 for a hash, up to twice that between two doublings.</para>
/// <para>Times are time since one origin that the caller keeps to, such as <see cref="TimeProvider.GetElapsedTime(long)"/> from a start. A time before
/// the latest one seen counts as that.</para>
/// </remarks>
/// <typeparam name="TKey">A chain's 64-bit id or a blob's hash.</typeparam>
public sealed partial class HeatRegistry<TKey>
    where TKey : struct, IEquatable<TKey>, IComparable<TKey>
{
    private const int FirstSize = 16;

    private readonly Lock _gate = new();
    private readonly HalfLife _halfLife;
    // What is below it is shown as 0.00.
    private readonly double _zeroRate;
    private HeatEntry<TKey>[] _entries = [];
    // One more than the index of the first entry, so that 0 is empty.
    private int[] _buckets = [];
    private int _used;
    private int _free = -1;
    private int _oldest = -1;
    private int _newest = -1;
    private TimeSpan _latest;
    private HeatMoment _moment;

    /// <summary>Makes one.</summary>
    /// <param name="policy">Half-life and emission.</param>
    /// <param name="capacity">The most keys: 1 to <see cref="HeatLimits.MaxCapacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside that.</exception>
    public HeatRegistry(HeatPolicy policy, int capacity = HeatLimits.DefaultCapacity)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, HeatLimits.MaxCapacity);
        (Policy, Capacity) = (policy, capacity);
        _halfLife = new HalfLife(policy.HalfLife);
        _moment = _halfLife.At(TimeSpan.Zero);
        _isTelling = policy.Enabled;
        _zeroRate = HeatEmission.ZeroRate(policy);
        Array.Fill(_queues, -1);
    }

    /// <summary>Half-life and emission.</summary>
    public HeatPolicy Policy { get; }

    /// <summary>The most keys it counts.</summary>
    public int Capacity { get; }

    /// <summary>The keys counted now.</summary>
    public int Count { get; private set; }

    /// <summary>Keys that had to make room since the start.</summary>
    public long Evictions { get; private set; }

    /// <summary>Counts a read of <paramref name="key"/>, whether or not the node had it.</summary>
    public void Bump(TKey key, TimeSpan now)
    {
        lock (_gate)
        {
            Advance(now);
            BumpOne(key, 1);
        }
    }

    /// <summary>Counts <paramref name="reads"/> reads at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1.</exception>
    public void Bump(TKey key, int reads, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reads, 1);
        lock (_gate)
        {
            Advance(now);
            BumpOne(key, reads);
        }
    }

    /// <summary>Counts a read of each key, at one time and under one lock.</summary>
    public void Bump(ReadOnlySpan<TKey> keys, TimeSpan now)
    {
        lock (_gate)
        {
            Advance(now);
            foreach (TKey key in keys) BumpOne(key, 1);
        }
    }

    /// <summary>Counts a read of each key that <paramref name="keys"/> walks, at one time and under one lock. No list of them is made.</summary>
    /// <param name="keys">Walked once, under the lock: it may not call back.</param>
    /// <param name="now">When.</param>
    public void Bump<TKeys>(TKeys keys, TimeSpan now)
        where TKeys : IHeatKeys<TKey>, allows ref struct
    {
        lock (_gate)
        {
            Advance(now);
            while (keys.MoveNext()) BumpOne(keys.Current, 1);
        }
    }

    /// <summary>The rate of a key in reads a half-life; 0 when it is not counted. Touches nothing.</summary>
    public double Rate(TKey key, TimeSpan now)
    {
        lock (_gate)
        {
            Advance(now);
            int index = Find(key);
            return index < 0 ? 0 : RateOf(_entries[index]);
        }
    }

    /// <summary>Whether a key is counted.</summary>
    public bool Contains(TKey key)
    {
        lock (_gate) return Find(key) >= 0;
    }

    /// <summary>Copies keys and their rates, the one touched last first. Touches nothing.</summary>
    /// <param name="destination">As many as fit.</param>
    /// <param name="now">When the rates are of.</param>
    /// <returns>How many.</returns>
    public int CopyRecent(Span<HeatReading<TKey>> destination, TimeSpan now)
    {
        lock (_gate)
        {
            Advance(now);
            int count = 0;
            for (int index = _newest; index >= 0 && count < destination.Length; index = _entries[index].Older)
                destination[count++] = new HeatReading<TKey>(_entries[index].Key, RateOf(_entries[index]));
            return count;
        }
    }

    /// <summary>Forgets a key, such as one whose chunk was deleted. What was told of it is taken back by the next tick.</summary>
    /// <returns>False when it was not counted.</returns>
    public bool Remove(TKey key)
    {
        lock (_gate)
        {
            int index = Find(key);
            if (index < 0) return false;
            RemoveAt(index);
            return true;
        }
    }

    /// <summary>Forgets all keys. What was told of them is taken back by the ticks that follow.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_oldest >= 0) RemoveAt(_oldest);
        }
    }

    private void Advance(TimeSpan now)
    {
        if (now <= _latest) return;
        _latest = now;
        _moment = _halfLife.At(now, _moment.Epoch);
    }

    private double RateOf(in HeatEntry<TKey> entry) => HalfLife.Rate(entry.Weight, entry.Epoch, _moment);

    private void BumpOne(in TKey key, int reads)
    {
        int index = Find(key);
        if (index < 0) index = Insert(key);
        else if (index != _newest) MakeNewest(index);
        ref HeatEntry<TKey> entry = ref _entries[index];
        if (entry.Epoch != _moment.Epoch)
        {
            entry.Weight = HalfLife.Rebase(entry.Weight, entry.Epoch, _moment.Epoch);
            entry.Epoch = _moment.Epoch;
        }
        entry.Weight += reads * _moment.Weight;
        if (entry.Queue != DueNow && entry.Weight >= entry.RaiseAt * _moment.Weight) Enqueue(index, DueNow);
    }

    private int Find(in TKey key)
    {
        if (_buckets.Length == 0) return -1;
        int index = _buckets[BucketOf(key)] - 1;
        while (index >= 0 && !_entries[index].Key.Equals(key)) index = _entries[index].NextInBucket;
        return index;
    }

    // The high bits of a product: keys may be counters, whose own bits are not spread.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BucketOf(in TKey key) => (int)(((uint)key.GetHashCode() * 0x9E3779B97F4A7C15UL) >> 32) & (_buckets.Length - 1);

    private int Insert(in TKey key)
    {
        if (Count == Capacity)
        {
            Evictions++;
            RemoveAt(_oldest);
        }
        if (_free < 0 && _used == _entries.Length) Grow();
        int index = _free >= 0 ? _free : _used++;
        if (index == _free) _free = _entries[index].NextInBucket;
        ref int bucket = ref _buckets[BucketOf(key)];
        _entries[index] = new HeatEntry<TKey> { Key = key, Epoch = _moment.Epoch, NextInBucket = bucket - 1, Queue = -1, Older = -1, Newer = -1 };
        bucket = index + 1;
        Count++;
        LinkNewest(index);
        TakeUpAgain(index);
        return index;
    }

    private void RemoveAt(int index)
    {
        ref HeatEntry<TKey> entry = ref _entries[index];
        LeaveBehind(entry);
        Dequeue(index);
        Unlink(index);
        ref int bucket = ref _buckets[BucketOf(entry.Key)];
        if (bucket == index + 1)
        {
            bucket = entry.NextInBucket + 1;
        }
        else
        {
            int before = bucket - 1;
            while (_entries[before].NextInBucket != index) before = _entries[before].NextInBucket;
            _entries[before].NextInBucket = entry.NextInBucket;
        }
        entry = new HeatEntry<TKey> { NextInBucket = _free, Queue = -1, Older = -1, Newer = -1 };
        _free = index;
        Count--;
    }

    private void Grow()
    {
        int size = (int)Math.Min(Capacity, Math.Max(FirstSize, 2L * _entries.Length));
        Array.Resize(ref _entries, size);
        // Half full at most: each further entry in a bucket is a miss of the caches.
        int buckets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size * 2);
        if (buckets == _buckets.Length) return;
        _buckets = new int[buckets];
        for (int i = 0; i < _used; i++)
        {
            ref int bucket = ref _buckets[BucketOf(_entries[i].Key)];
            _entries[i].NextInBucket = bucket - 1;
            bucket = i + 1;
        }
    }

    private void MakeNewest(int index)
    {
        Unlink(index);
        LinkNewest(index);
    }

    private void LinkNewest(int index)
    {
        ref HeatEntry<TKey> entry = ref _entries[index];
        (entry.Older, entry.Newer) = (_newest, -1);
        if (_newest >= 0) _entries[_newest].Newer = index;
        else _oldest = index;
        _newest = index;
    }

    private void Unlink(int index)
    {
        ref HeatEntry<TKey> entry = ref _entries[index];
        if (entry.Older >= 0) _entries[entry.Older].Newer = entry.Newer;
        else _oldest = entry.Newer;
        if (entry.Newer >= 0) _entries[entry.Newer].Older = entry.Older;
        else _newest = entry.Older;
    }
}
