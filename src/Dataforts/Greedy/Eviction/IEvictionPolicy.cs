namespace Dataforts.Greedy.Eviction;

/// <summary>Decides what a cache bounded in bytes holds. It knows keys and sizes only; the bytes are the cache's.</summary>
/// <remarks>
/// <para>A pure decision: no clock, no chance of its own, no I/O; the same calls give the same answers everywhere. Time is counted in requests.
/// Each call costs O(1) amortised and, once the tables have grown to the number of entries, allocates nothing.</para>
/// <para>After each call the entries held are within <see cref="CapacityBytes"/>. What a call pushed out is in <see cref="Victims"/> until the next
/// call, so that the cache can withdraw and free it. The new entry itself is never among them: it is refused instead.</para>
/// <para>Not thread-safe. Keys should be hashes, or at least not chosen by a stranger who knows the seed.</para>
/// </remarks>
public interface IEvictionPolicy
{
    /// <summary>What it is, in words that may be printed, such as <c>lru</c>.</summary>
    string Implementation { get; }

    /// <summary>The most bytes held at a time; changed by <see cref="SetCapacity"/>.</summary>
    long CapacityBytes { get; }

    /// <summary>The bytes of all entries held.</summary>
    long UsedBytes { get; }

    /// <summary>How many entries are held.</summary>
    int Count { get; }

    /// <summary>What the last call pushed out, in that order. Valid until the next call.</summary>
    ReadOnlySpan<EvictedEntry> Victims { get; }

    /// <summary>Whether an entry is held. Changes nothing.</summary>
    bool Contains(ulong key);

    /// <summary>The size of an entry held, or -1. Changes nothing.</summary>
    long SizeOf(ulong key);

    /// <summary>Someone asked for it: the whole of a cache that fills itself on every miss. The same as <see cref="Touch"/>, then, when it is not held in
    /// that size, <see cref="Admit"/>.</summary>
    /// <param name="key">What was asked for.</param>
    /// <param name="sizeBytes">How large it is now. An entry held in another size is replaced, which is a miss and no eviction.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 0.</exception>
    RequestOutcome Request(ulong key, long sizeBytes);

    /// <summary>Someone asked for it. Counts also when it is not held, as the next <see cref="Admit"/> may be for it.</summary>
    /// <returns>Whether it is held.</returns>
    bool Touch(ulong key);

    /// <summary>Brings an entry in, or replaces the one held, without anyone having asked for it. Size 0 is allowed.</summary>
    /// <returns>Whether it is held now. An entry larger than the capacity never is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 0.</exception>
    bool Admit(ulong key, long sizeBytes);

    /// <summary>Changes the size of an entry held, such as a channel that was written to, without promoting it. Others may be pushed out, and when
    /// it does not fit at all, the entry itself.</summary>
    /// <returns>Whether it is held now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 0.</exception>
    bool SetSize(ulong key, long sizeBytes);

    /// <summary>Lets an entry go at the cache's wish; it is not among the victims.</summary>
    /// <returns>Whether it was held.</returns>
    bool Remove(ulong key);

    /// <summary>Changes the capacity; what no longer fits is in <see cref="Victims"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1 to <see cref="EvictionPolicies.MaxCapacityBytes"/>.</exception>
    void SetCapacity(long capacityBytes);

    /// <summary>What would go first if room were needed now. Changes nothing.</summary>
    /// <returns>False when nothing is held.</returns>
    bool TryPeekVictim(out EvictedEntry victim);
}
