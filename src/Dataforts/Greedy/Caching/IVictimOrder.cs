namespace Dataforts.Greedy.Caching;

/// <summary>Says which channel goes when the cache is full. Asked under the cache's gate only, a few times a block and not for every event.</summary>
internal interface IVictimOrder
{
    /// <summary>A channel came in.</summary>
    void Add(ulong id, long bytes);

    /// <summary>A channel's bytes changed. Writing is no reason to keep: this must not favour it.</summary>
    void Resize(ulong id, long bytes);

    /// <summary>A channel was read, or asked for and not held.</summary>
    void Touch(ulong id);

    /// <summary>A channel is gone.</summary>
    void Remove(ulong id);

    /// <summary>The cache may hold other bytes from now on.</summary>
    void SetCapacity(long bytes);

    /// <summary>Which to evict next; it stays until it is removed.</summary>
    bool TryVictim(out ulong id);
}
