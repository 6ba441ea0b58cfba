namespace Dataforts.Store.Events;

/// <summary>The caps of events in a store; docs/LIMITS.md lists them with their reasons.</summary>
public static class EventLimits
{
    /// <summary>The longest payload of an event: 1 MiB. What is longer is stored as a blob, and its ref published.</summary>
    public const int MaxEventBytes = 1 << 20;

    /// <summary>The payload bytes of a batch, which is one record of the log: 8 MiB.</summary>
    public const int MaxBatchBytes = 8 << 20;

    /// <summary>The events of a batch: 65,536.</summary>
    public const int MaxBatchEvents = 1 << 16;

    /// <summary>The longest name of a channel, in bytes of UTF-8: 255.</summary>
    public const int MaxChannelNameBytes = 255;

    /// <summary>What an event counts for besides its payload where retention counts bytes: 64, the header of a record that holds one event. It is the
    /// same for every event, in batches and in memory too, so that what stays does not depend on how events were gathered.</summary>
    public const int EventOverheadBytes = 64;
}
