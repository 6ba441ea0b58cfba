using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>The caps of channels; docs/LIMITS.md lists them with their reasons.</summary>
public static class ChannelLimits
{
    /// <summary>The longest name, in bytes: 255.</summary>
    public const int MaxNameBytes = EventLimits.MaxChannelNameBytes;

    /// <summary>The longest payload of an event: 1 MiB. What is longer is stored as a blob, and its ref published.</summary>
    public const int MaxEventBytes = EventLimits.MaxEventBytes;

    /// <summary>Payload bytes of a batch: 8 MiB.</summary>
    public const int MaxBatchBytes = EventLimits.MaxBatchBytes;

    /// <summary>Events of a batch: 65,536.</summary>
    public const int MaxBatchEvents = EventLimits.MaxBatchEvents;

    /// <summary>Payload bytes that one channel gathers before appends wait, by default: 4 MiB.</summary>
    public const long DefaultChannelCreditBytes = 4L << 20;

    /// <summary>Events that one channel gathers before appends wait, by default: 65,536.</summary>
    public const int DefaultChannelCreditEvents = 1 << 16;

    /// <summary>Payload bytes that all channels together gather before appends wait, by default: 64 MiB.</summary>
    public const long DefaultCreditBytes = 64L << 20;

    /// <summary>Appends of one channel that wait for credit, at most, by default: 4,096. One more is refused.</summary>
    public const int DefaultMaxWaitingAppends = 4096;

    /// <summary>The payload bytes that a tail reads at once: 64 KiB.</summary>
    public const int TailPageBytes = 64 << 10;

    /// <summary>The most that one read of a range returns: 16 MiB.</summary>
    public const int MaxReadBytes = 16 << 20;

    /// <summary>Who waits for a token at one position, at most, by default: 1,024.</summary>
    public const int DefaultMaxTokenWaits = 1024;
}
