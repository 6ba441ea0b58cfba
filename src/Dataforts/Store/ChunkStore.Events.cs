using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Events;

namespace Dataforts.Store;

public sealed partial class ChunkStore : IEventStore
{
    private long _eventRoom;
    private long _eventRoomUntil;

    /// <summary>The channels of the store.</summary>
    internal EventLog Events { get; }

    /// <summary>When the oldest event that is retained in any channel was appended; null when there is none. Reads some KiB for each channel.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public DateTimeOffset? FindOldestEvent(CancellationToken cancellationToken = default) =>
        Events.OldestMs(cancellationToken) is { } atMs ? DateTimeOffset.FromUnixTimeMilliseconds(atMs) : null;

    /// <summary>What events keep, and how far, where that can be read.</summary>
    internal IEnumerable<(BlobRef Ref, RootReach Reach)> ListEventRoots() =>
        Events.ListRoots(CancellationToken.None).Select(root => (root.Ref, root.IsDirectory ? RootReach.Directory : RootReach.Blob));

    SegmentLog IEventStore.CurrentLog => _log;

    long IEventStore.NowMs() => NowMs();

    bool IEventStore.LookAgain(SegmentLog log)
    {
        if (FindAgain(log)) return true;
        // Another thread may be about to say where they are in the log that it has opened; whoever asks does so once for each place.
        lock (_rootsGate) return true;
    }

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

    // Whether a look ended amid what it had taken in: the log knows it as read, so only another look at all of it will do.
    private volatile bool _isHalfRead;

    bool IEventStore.RefreshIfGrown()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SegmentLog log = _log;
        if (IsWritable || (!_isHalfRead && !log.SegmentsHaveChanged() && !log.HasGrown())) return false;
        lock (_rootsGate)
        {
            if (_log == log && (_isHalfRead || !TryReadOn(log))) Refresh(log);
        }
        return true;
    }

    // Whoever tails a channel of another process looks many times a second: what it has read it does not read again. Chunks, names and events are
    // taken in together, in the order of the log.
    private bool TryReadOn(SegmentLog log)
    {
        var appended = new List<LogRecord>();
        if (!log.TryReadOn(appended)) return false;
        int roots = _rootRecords.Count;
        _isHalfRead = true;
        foreach (LogRecord record in appended) Replay(record);
        ReplayRemovals(CancellationToken.None);
        if (_rootRecords.Count > roots)
        {
            _roots?.Dispose();
            _roots = null;
            _rootsAreShared = false;
        }
        if (!Events.SettleOn()) return false;
        _isHalfRead = false;
        return true;
    }

    /// <summary>As <see cref="FlushAsync(CancellationToken)"/>, on behalf of several who wait.</summary>
    internal Task FlushForAsync(int waiters)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _log.FlushAsync(CancellationToken.None, waiters);
    }
}
