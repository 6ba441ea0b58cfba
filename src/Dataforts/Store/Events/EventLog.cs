namespace Dataforts.Store.Events;

/// <summary>The channels of a store.</summary>
/// <remarks>Thread-safe. Flushed with everything else by <see cref="ChunkStore.FlushAsync"/>, which all channels share.</remarks>
internal sealed class EventLog
{
    /// <summary>Channels there are.</summary>
    public int ChannelCount => throw new NotImplementedException();

    /// <summary>Names that have the canonical hash of another channel's name; they are kept apart all the same.</summary>
    public int Collisions => throw new NotImplementedException();

    /// <summary>A channel; null when there is none of that name.</summary>
    public StoredChannel? Find(string name) => throw new NotImplementedException();

    /// <summary>A channel, made where there is none. One that is there keeps its retention.</summary>
    /// <param name="name">At most <see cref="EventLimits.MaxChannelNameBytes"/> of UTF-8; its grammar is the caller's.</param>
    /// <param name="retention">How much of a new one stays.</param>
    /// <exception cref="DatafortsException">ReadOnly and so on, when it is to be made.</exception>
    public StoredChannel OpenOrCreate(string name, EventRetention retention) => throw new NotImplementedException();

    /// <summary>All channels, by name.</summary>
    public IReadOnlyList<StoredChannel> List() => throw new NotImplementedException();

    /// <summary>Drops what has become too old in any channel; for a worker, now and then.</summary>
    /// <returns>Events dropped.</returns>
    public long Sweep(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>For a store open for reading: looks at what another process has appended since.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Refresh() => throw new NotImplementedException();
}
