using Dataforts.Chunking;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>How a store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>The store's folder.</summary>
    public required string Path { get; init; }

    /// <summary>Whether to write.</summary>
    /// <value>False: a reader, beside which any number of readers and one writer may work; it sees the store as it is when opened.</value>
    public bool Writable { get; init; }

    /// <summary>Whether a writer makes a store where there is none.</summary>
    /// <value>True. A reader never makes one.</value>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>How long to wait for another writer to finish.</summary>
    /// <value>10 seconds; zero not to wait.</value>
    public TimeSpan LockTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(10);

    /// <summary>How a new store cuts what it is given; an existing one keeps what it was made with.</summary>
    /// <value><see cref="ChunkingProfile.Default"/>.</value>
    public ChunkingProfile Profile { get; init; } = ChunkingProfile.Default;

    /// <summary>Where a segment of a new store ends.</summary>
    /// <value><see cref="StoreLimits.DefaultSegmentBytes"/>; 64 KiB to <see cref="StoreLimits.MaxSegmentBytes"/>.</value>
    public long SegmentBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 64 * 1024);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, StoreLimits.MaxSegmentBytes);
            field = value;
        }
    } = StoreLimits.DefaultSegmentBytes;

    /// <summary>How long what nothing keeps, or keeps any more, is safe from collection.</summary>
    /// <value><see cref="StoreLimits.DefaultGracePeriod"/>.</value>
    public TimeSpan GracePeriod
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = StoreLimits.DefaultGracePeriod;

    /// <summary>The clock.</summary>
    /// <value><see cref="TimeProvider.System"/>.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How much memory the index of chunks should take, at 59 bytes a chunk. Beyond it the chunks of full segments are looked up in the
    /// segments' hint files: at most 4 bytes of memory each, no file touched for a chunk that is not there, one more read for one that is.</summary>
    /// <value>512 MiB; null for no limit.</value>
    public long? IndexMemoryBytes
    {
        get;
        init
        {
            if (value is { } bytes) ArgumentOutOfRangeException.ThrowIfNegative(bytes, nameof(value));
            field = value;
        }
    } = StoreLimits.DefaultIndexMemoryBytes;

    /// <summary>How much memory pages of hint files may take besides.</summary>
    /// <value>16 MiB.</value>
    public long IndexCacheBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = StoreLimits.DefaultIndexCacheBytes;

    /// <summary>Files of the log kept open at once, at most; a file that is needed again is opened again.</summary>
    /// <value>128.</value>
    public int MaxOpenFiles
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 128;

    /// <summary>How many bytes of disk the store may take. A put that does not fit is refused as LimitExceeded before its first byte where its length is
    /// known, else when the limit is met. Counted are segment files, garbage included; compaction may go beyond it while it copies.</summary>
    /// <value>Null: no limit but the disk's.</value>
    public long? CapacityBytes
    {
        get;
        init
        {
            if (value is { } bytes) ArgumentOutOfRangeException.ThrowIfNegative(bytes, nameof(value));
            field = value;
        }
    }

    /// <summary>How many bytes of the disk puts leave free, so that compaction has room to copy; one that would take them is refused as NoSpace.
    /// Names, removals and compaction may take them.</summary>
    /// <value>Null: one segment, but no more than a 64th of the disk.</value>
    public long? ReserveBytes
    {
        get;
        init
        {
            if (value is { } bytes) ArgumentOutOfRangeException.ThrowIfNegative(bytes, nameof(value));
            field = value;
        }
    }

    /// <summary>How full the store is, as a share of what it may take, when collection and compaction become due.</summary>
    /// <value>0.9; above 0, at most 1.</value>
    public double HighWater
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            field = value;
        }
    } = StoreLimits.DefaultHighWater;

    /// <summary>How far they bring it down.</summary>
    /// <value>0.8; 0 to 1. One above <see cref="HighWater"/> counts as that.</value>
    public double LowWater
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            field = value;
        }
    } = StoreLimits.DefaultLowWater;

    /// <summary>How many writes and flushes the device may refuse within <see cref="StoreLimits.RefusalWindow"/>, full disks not counted, before the
    /// store takes no more and only reads.</summary>
    /// <value>3; null for any number.</value>
    public int? MaxRefusals
    {
        get;
        init
        {
            if (value is { } refusals) ArgumentOutOfRangeException.ThrowIfLessThan(refusals, 1, nameof(value));
            field = value;
        }
    } = StoreLimits.DefaultMaxRefusals;

    /// <summary>See <see cref="SegmentLogOptions.MinHintedBytes"/>; tests of small stores have hints, too.</summary>
    internal long MinHintedBytes { get; init; } = SegmentLogOptions.DefaultMinHintedBytes;

    /// <summary>A fault for tests to find: puts begin to hold what they store only when all of it is stored.</summary>
    internal bool HoldsPutsLate { get; init; }

    /// <summary>The number of a channel's name, before it is known to be free; null for its canonical hash. Tests make names collide.</summary>
    internal Func<string, ulong>? ChannelIdOf { get; init; }

    /// <summary>Where the files are; tests put faults in between.</summary>
    internal StorageDevice Device { get; init; } = StorageDevice.System;
}
