namespace Dataforts.Store;

/// <summary>How a store is: how full, how fragmented, whether it can be written.</summary>
/// <param name="CapacityBytes">What it may take on its disk; null for no limit of its own.</param>
/// <param name="UsedBytes">Bytes of its segment files.</param>
/// <param name="FreeBytes">Bytes free on its disk; null where the system does not say.</param>
/// <param name="ReserveBytes">Bytes of those that puts leave free, so that compaction has room to copy.</param>
/// <param name="RoomBytes">Bytes that puts may still take, by the narrower of the two limits.</param>
/// <param name="Fullness">The share of what it may take that it has taken, 0 to 1 and above.</param>
/// <param name="IsAboveHighWater">Whether it has been as full as <see cref="StoreOptions.HighWater"/> and has not come down to
/// <see cref="StoreOptions.LowWater"/> since: collection and compaction are due.</param>
public sealed record StoreCondition(
    long? CapacityBytes, long UsedBytes, long? FreeBytes, long ReserveBytes, long RoomBytes, double Fullness, bool IsAboveHighWater)
{
    /// <summary>The share of the log's records that is of no use any more, 0 to 1.</summary>
    public double GarbageRatio { get; init; }

    /// <summary>The same of the segment where it is largest.</summary>
    public double WorstGarbageRatio { get; init; }

    /// <summary>When the first record of those that are garbage now became it, at the earliest; null without garbage. Of what was garbage when the
    /// store was opened only the segment's last write is known.</summary>
    public DateTimeOffset? OldestGarbageAt { get; init; }

    /// <summary>Why the store takes no more writes although a writer has it open: the device has refused too many; null when it takes them.</summary>
    public string? ReadOnlyReason { get; init; }
}
