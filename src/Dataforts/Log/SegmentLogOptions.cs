namespace Dataforts.Log;

/// <summary>How a log is opened.</summary>
internal sealed record SegmentLogOptions
{
    /// <summary>See <see cref="MinHintedBytes"/>.</summary>
    public const long DefaultMinHintedBytes = 256 << 10;

    /// <summary>The folder of the segment files.</summary>
    public required string Folder { get; init; }

    /// <summary>The store they belong to.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>What the last writer left behind.</summary>
    public required Checkpoint Checkpoint { get; init; }

    /// <summary>Whether to append; the caller then holds the writer's lock.</summary>
    public required bool Writable { get; init; }

    /// <summary>A segment is closed when the next record would take it past this.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>The clock of the records.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where the files are.</summary>
    public StorageDevice Device { get; init; } = StorageDevice.System;

    /// <summary>What is not covered by a hint file must have so many bytes to be worth one; a shorter rest is read from the segment as quickly.</summary>
    public long MinHintedBytes { get; init; } = DefaultMinHintedBytes;

    /// <summary>Files of the log kept open at once.</summary>
    public int MaxOpenFiles { get; init; } = 128;

    /// <summary>Writes and flushes that the device may refuse within <see cref="RefusalWindow"/> before the log takes no more; null for any number.</summary>
    public int? MaxRefusals { get; init; }

    /// <summary>See <see cref="MaxRefusals"/>.</summary>
    public TimeSpan RefusalWindow { get; init; } = TimeSpan.FromMinutes(10);
}
