namespace Dataforts.Store;

/// <summary>What decides whether a store has room.</summary>
/// <param name="UsedBytes">What it takes on its disk.</param>
/// <param name="CapacityBytes">What it may take; null for no limit.</param>
/// <param name="FreeBytes">What is free on the disk; null for unknown.</param>
/// <param name="ReserveBytes">What of that is to stay free.</param>
/// <param name="ClaimedBytes">What puts under way have been promised and have not written.</param>
internal readonly record struct SpaceFacts(long UsedBytes, long? CapacityBytes, long? FreeBytes, long ReserveBytes, long ClaimedBytes)
{
    /// <summary>Bytes left below the capacity.</summary>
    public long BelowCapacity => CapacityBytes is { } capacity ? capacity - UsedBytes : long.MaxValue;

    /// <summary>Bytes free above the reserve.</summary>
    public long AboveReserve => FreeBytes is { } free ? free - ReserveBytes : long.MaxValue;
}
