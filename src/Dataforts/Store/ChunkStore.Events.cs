using Dataforts.Log;
using Dataforts.Store.Events;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private long _eventRoom;
    private long _eventRoomUntil;

    /// <summary>The channels of the store.</summary>
    internal EventLog Events { get; }

    /// <summary>The log, which is another one when a store open for reading has looked again.</summary>
    internal SegmentLog CurrentLog => _log;

    /// <summary>Room for events, as <see cref="TakeRoom"/> takes it for chunks. Many channels append at once, so each look at the disk is worth some
    /// mebibytes to all of them.</summary>
    internal void TakeEventRoom(long bytes)
    {
        if (Interlocked.Add(ref _eventRoom, -bytes) >= 0 && Time.GetTimestamp() < Volatile.Read(ref _eventRoomUntil)) return;
        SpaceFacts facts = Facts();
        Watch(facts);
        if (SpacePolicy.Refuse(bytes, facts, Path) is { } refusal) throw refusal;
        Volatile.Write(ref _eventRoomUntil, Time.GetTimestamp() + (long)(LookEvery.TotalSeconds * Time.TimestampFrequency));
        Interlocked.Exchange(ref _eventRoom, Math.Min(LookEveryBytes, SpacePolicy.RoomBytes(facts) - bytes));
    }

    /// <summary>What was found wrong while the store was opened.</summary>
    internal void NoteDamage(LogRecord record, string what) =>
        _damages.Add(new LogDamage(_log.PathOf(record.Location), record.Location.Offset, record.Location.Length, what));

    /// <summary>Whether it is worth looking again for what was not found where it should be.</summary>
    internal bool LookAgain(SegmentLog log) => FindAgain(log);

    /// <summary>Looks at the store as it is now, if another process has written to it since; for a store open for reading.</summary>
    internal bool RefreshIfGrown()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SegmentLog log = _log;
        if (IsWritable || (!log.SegmentsHaveChanged() && !log.HasGrown())) return false;
        Refresh(log);
        return true;
    }

    /// <summary>As <see cref="FlushAsync(CancellationToken)"/>, on behalf of several who wait.</summary>
    internal Task FlushForAsync(int waiters)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _log.FlushAsync(CancellationToken.None, waiters);
    }
}
