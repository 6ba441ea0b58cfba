using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    // Between two looks at the disk at most so much is written, and at most so long passes.
    private const long LookEveryBytes = 4 << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private long _claimedBytes;
    private long _unlookedBytes;
    private long _lookedAt;
    private bool _isAboveHighWater;

    /// <summary>Raised, on the thread that met it, or on the pool where an append of events did, when the store becomes as full as
    /// <see cref="StoreOptions.HighWater"/>, and when it is down at <see cref="StoreOptions.LowWater"/> again. Handlers must not throw, and not write
    /// to the store but for events.</summary>
    public event Action<StoreCondition>? WaterCrossed;

    /// <summary>How full the store is, how fragmented, whether it takes writes. O(segments).</summary>
    public StoreCondition Condition => MeasureRoom() with
    {
        GarbageRatio = GarbageRatio(out double worst),
        WorstGarbageRatio = worst,
        OldestGarbageAt = _log.GarbageSince(),
        ReadOnlyReason = IsWritable ? _log.ReadOnlyReason : StoreNotice.Load(_options.Device, Path, _header.StoreId),
    };

    /// <summary>Whether collection and compaction are due for want of room. O(segments).</summary>
    public bool IsAboveHighWater => MeasureRoom().IsAboveHighWater;

    /// <summary>Promises room to a put whose length is known, before its first byte. Puts that ask are held against one another's promises; those that
    /// do not are only held against what is on the disk.</summary>
    /// <param name="bytes">What the put may write at most, such as <see cref="RoomFor"/> says.</param>
    /// <exception cref="DatafortsException">LimitExceeded, naming <see cref="StoreOptions.CapacityBytes"/>, or NoSpace: it does not fit. ReadOnly or
    /// WriterFailed: the store takes no writes.</exception>
    public RoomClaim ClaimRoom(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (IsWritable && _log.ReadOnlyReason is { } why) throw new DatafortsException(_log.HasFailed ? ErrorKind.WriterFailed : ErrorKind.ReadOnly, why);
        while (true)
        {
            long claimed = Interlocked.Read(ref _claimedBytes);
            if (SpacePolicy.Refuse(bytes, Facts() with { ClaimedBytes = claimed }, Path) is { } refusal) throw refusal;
            if (Interlocked.CompareExchange(ref _claimedBytes, claimed + bytes, claimed) == claimed) return new RoomClaim(this, bytes);
        }
    }

    /// <summary>What content of a length takes on disk at most where none of it is there: records, nodes and the content itself.</summary>
    /// <remarks>A 512th and 4 KiB are added, which chunks of 64 KiB and more need; where a payload is cut finer, the put is held against the rest as it
    /// is written.</remarks>
    public static long RoomFor(long contentBytes) => contentBytes + (contentBytes / 512) + 4096;

    internal void GiveBackRoom(long bytes) => Interlocked.Add(ref _claimedBytes, -bytes);

    // Under the gate of puts, before the first byte of a batch.
    private void TakeRoom(ReadOnlySpan<NewRecord> records)
    {
        long bytes = 0;
        foreach (ref readonly NewRecord record in records) bytes += record.Stride;
        if (bytes <= _unlookedBytes && Time.GetElapsedTime(_lookedAt) < LookEvery)
        {
            _unlookedBytes -= bytes;
            return;
        }
        SpaceFacts facts = Facts();
        Watch(facts);
        if (SpacePolicy.Refuse(bytes, facts, Path) is { } refusal) throw refusal;
        _lookedAt = Time.GetTimestamp();
        _unlookedBytes = Math.Min(LookEveryBytes, SpacePolicy.RoomBytes(facts) - bytes);
    }

    // What is set aside for the open segment is free for the store, though not for others.
    private SpaceFacts Facts()
    {
        DiskSpace? disk = _options.Device.SpaceAt(Path);
        long reserve = _options.ReserveBytes ?? SpacePolicy.DefaultReserveBytes(_header.SegmentBytes, disk?.TotalBytes ?? 0);
        long? free = disk is { } space ? space.FreeBytes + _log.PreallocatedBytes : null;
        return new SpaceFacts(_log.DiskBytes, _options.CapacityBytes, free, reserve, 0);
    }

    private StoreCondition MeasureRoom()
    {
        SpaceFacts facts = Facts();
        Watch(facts);
        return ConditionOf(facts);
    }

    private StoreCondition ConditionOf(in SpaceFacts facts)
    {
        long room = SpacePolicy.RoomBytes(facts with { ClaimedBytes = Interlocked.Read(ref _claimedBytes) });
        return new StoreCondition(facts.CapacityBytes, facts.UsedBytes, facts.FreeBytes, facts.ReserveBytes, room, SpacePolicy.Fullness(facts),
            Volatile.Read(ref _isAboveHighWater));
    }

    // Apart: whoever is told may append to the very channel whose writer is here, and wait for that.
    private void Watch(in SpaceFacts facts, bool raisesApart = false)
    {
        double fullness = SpacePolicy.Fullness(facts);
        bool was = Volatile.Read(ref _isAboveHighWater);
        bool isHigh = SpacePolicy.IsHigh(was, fullness, _options.HighWater, Math.Min(_options.LowWater, _options.HighWater));
        DatafortsMeter.Note(_header.StoreId, facts.UsedBytes, fullness);
        if (isHigh == was || Interlocked.CompareExchange(ref _isAboveHighWater, isHigh, was) != was) return;
        DatafortsMeter.WaterCrossings.Add(1, new KeyValuePair<string, object?>("direction", isHigh ? "high" : "low"));
        if (WaterCrossed is not { } told) return;
        StoreCondition condition = ConditionOf(facts);
        if (raisesApart) ThreadPool.QueueUserWorkItem(static call => call.Told(call.Condition), (Told: told, Condition: condition), preferLocal: false);
        else told(condition);
    }

    private double GarbageRatio(out double worst)
    {
        long garbage = 0, bytes = 0;
        worst = 0;
        foreach (SegmentUsage segment in _log.Usage())
        {
            garbage += segment.GarbageBytes;
            bytes += Math.Max(0, segment.Bytes - FileHeader.SizeBytes);
            worst = Math.Max(worst, segment.GarbageRatio);
        }
        return bytes == 0 ? 0 : garbage / (double)bytes;
    }
}
