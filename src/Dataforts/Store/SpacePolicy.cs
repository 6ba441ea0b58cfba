namespace Dataforts.Store;

/// <summary>Whether there is room, and when it is time to make some. No clock, no disk: facts in, verdict out.</summary>
internal static class SpacePolicy
{
    /// <summary>Bytes that may be written now, 0 for none.</summary>
    public static long RoomBytes(in SpaceFacts facts) =>
        Math.Max(0, Math.Min(facts.BelowCapacity, facts.AboveReserve) - facts.ClaimedBytes);

    /// <summary>The share that is taken of what the store may take, by its own limit or the disk's; 1 and more when there is nothing left.</summary>
    public static double Fullness(in SpaceFacts facts)
    {
        long room = RoomBytes(facts with { ClaimedBytes = 0 });
        if (room == long.MaxValue) return 0;
        if (facts.CapacityBytes is { } capacity && facts.BelowCapacity <= facts.AboveReserve) return facts.UsedBytes / (double)Math.Max(1, capacity);
        return facts.UsedBytes / Math.Max(1, facts.UsedBytes + (double)room);
    }

    /// <summary>Whether a store counts as full: from the high water mark on, until it is down at the low one.</summary>
    public static bool IsHigh(bool wasHigh, double fullness, double highWater, double lowWater) => wasHigh ? fullness > lowWater : fullness >= highWater;

    /// <summary>What refuses so many bytes; null when they fit.</summary>
    public static DatafortsException? Refuse(long bytes, in SpaceFacts facts, string path)
    {
        if (bytes <= RoomBytes(facts)) return null;
        string claimed = facts.ClaimedBytes > 0 ? $", {facts.ClaimedBytes} are promised to other writes" : "";
        return facts.BelowCapacity <= facts.AboveReserve
            ? new DatafortsException(ErrorKind.LimitExceeded,
                $"{bytes} bytes do not fit the store at {path}: it has {facts.UsedBytes} of the {facts.CapacityBytes} bytes of its CapacityBytes{claimed}")
            : new DatafortsException(ErrorKind.NoSpace,
                $"{bytes} bytes do not fit the disk of the store at {path}: {facts.FreeBytes} are free, of which {facts.ReserveBytes} stay free{claimed}");
    }

    /// <summary>What stays free when nobody says: what compacting one segment may take, but no more than a 64th of the disk.</summary>
    public static long DefaultReserveBytes(long segmentBytes, long diskBytes) => Math.Min(segmentBytes, diskBytes / 64);
}
