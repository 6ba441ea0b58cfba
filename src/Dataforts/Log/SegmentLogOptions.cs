namespace Dataforts.Log;

/// <summary>How a log is opened.</summary>
internal sealed record SegmentLogOptions
{
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

    /// <summary>Files of the log kept open at once.</summary>
    public int MaxOpenFiles { get; init; } = 128;
}
