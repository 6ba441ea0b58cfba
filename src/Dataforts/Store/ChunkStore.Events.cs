using Dataforts.Log;
using Dataforts.Store.Events;

namespace Dataforts.Store;

public sealed partial class ChunkStore : IEventStore
{
    private long _eventRoom;
    private long _eventRoomUntil;

    /// <summary>The channels of the store.</summary>
    internal EventLog Events { get; }

    SegmentLog IEventStore.CurrentLog => _log;

    long IEventStore.NowMs() => NowMs();

    bool IEventStore.LookAgain(SegmentLog log) => FindAgain(log);

    // As for chunks. Many channels append at once, so each look at the disk is worth some mebibytes to all of them.
    void IEventStore.TakeEventRoom(long bytes)
    {
        if (Interlocked.Add(ref _eventRoom, -bytes) >= 0 && Time.GetTimestamp() < Volatile.Read(ref _eventRoomUntil)) return;
        SpaceFacts facts = Facts();
        Watch(facts, raisesApart: true);
        if (SpacePolicy.Refuse(bytes, facts, Path) is { } refusal) throw refusal;
        Volatile.Write(ref _eventRoomUntil, Time.GetTimestamp() + (long)(LookEvery.TotalSeconds * Time.TimestampFrequency));
        Interlocked.Exchange(ref _eventRoom, Math.Min(LookEveryBytes, SpacePolicy.RoomBytes(facts) - bytes));
    }

    void IEventStore.NoteDamage(LogRecord record, string what) =>
        _damages.Add(new LogDamage(_log.PathOf(record.Location), record.Location.Offset, record.Location.Length, what));

    bool IEventStore.RefreshIfGrown()
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
