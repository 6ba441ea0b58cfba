using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    private const long Unknown = long.MinValue;

    // Runs that are looked at for one that can be read: on a device that fails each costs its timeout, and appends wait.
    private const int MaxLooks = 16;

    private FrontCursor? _front;
    private long _frontDropped;
    private bool _isOpen;
    private long _frontAtMs = Unknown;
    private ulong _frontReadable;
    private ulong _toldUnreadable;

    /// <summary>Drops the events before a number, whatever retention says; behind the end it drops all there are. Buffered on
    /// return.</summary>
    /// <returns>The first that is retained.</returns>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: nothing was dropped.</exception>
    public ulong Trim(ulong upTo)
    {
        lock (_gate)
        {
            ulong first = Math.Min(upTo, _next);
            if (first > _first) DropTo(first, isTold: true);
            return _first;
        }
    }

    /// <summary>Sets how much stays; what that does not keep is dropped. Buffered on return.</summary>
    /// <exception cref="DatafortsException">As <see cref="Trim"/>.</exception>
    public void SetRetention(EventRetention retention)
    {
        ArgumentNullException.ThrowIfNull(retention);
        lock (_gate)
        {
            if (retention == _state.Retention) return;
            Save(_first, retention);
            Release();
            _ = Retain(_owner.Store.NowMs());
        }
    }

    /// <summary>Drops what has become too old, and what an earlier look could not drop.</summary>
    /// <returns>Events dropped.</returns>
    public long Sweep()
    {
        lock (_gate)
        {
            ulong before = _first;
            if (_state.Retention == EventRetention.Everything) return 0;
            _ = Retain(_owner.Store.NowMs());
            TrySaveFront();
            // Nobody knows when it is needed again.
            _front?.Forget();
            return (long)(_first - before);
        }
    }

    // An append that came through does not fail because of what it makes superfluous: that waits for the next one.
    private void RetainIfItCan(long nowMs)
    {
        if (_state.Retention == EventRetention.Everything) return;
        try
        {
            _ = Retain(nowMs);
        }
        catch (DatafortsException)
        {
            // As above: the log takes no more, or an event cannot be read; both are told to whoever asks for them.
        }
    }

    private ulong Retain(long nowMs)
    {
        EventRetention limits = _state.Retention;
        if (limits.MaxCount is { } count && _next - _first > (ulong)count) DropTo(_next - (ulong)count, isTold: false);
        if (limits.MaxBytes is { } bytes && CountedBytes > bytes) DropToBytes(bytes);
        if (limits.MaxAgeMs is { } age) DropOlderThan(nowMs - age, nowMs);
        return _first;
    }

    // Numbers count, not what can be read: damage must not change what stays.
    private long CountedBytes => _bytes + ((long)(_next - _first) * EventLimits.EventOverheadBytes);

    // The same events stay whenever and however often this is asked: what is dropped depends on their lengths alone.
    private void DropToBytes(long maxBytes)
    {
        ulong first = _first;
        long left = CountedBytes, dropped = _frontDropped;
        for (int i = 0; i < _runs.Count && left > maxBytes; i++, dropped = 0)
        {
            EventRun run = _runs[i];
            // The numbers of a hole behind a run go with it.
            ulong end = i + 1 < _runs.Count ? _runs[i + 1].First : _next;
            long rest = run.EventBytes - dropped + ((long)(end - first) * EventLimits.EventOverheadBytes);
            if (i + 1 < _runs.Count && left - rest >= maxBytes)
            {
                left -= rest;
                first = end;
                continue;
            }
            left -= (long)(Math.Max(first, run.First) - first) * EventLimits.EventOverheadBytes;
            ulong next = Math.Max(first, run.First);
            for (bool isReadable = true; left > maxBytes && next + 1 < _next && next < run.End; next++)
            {
                FrontEvent found = default;
                isReadable = isReadable && Front.TrySeek(_owner.Store.CurrentLog, run, next, out found);
                // Of what cannot be read the events count alike.
                left -= (isReadable && found.Sequence == next ? found.Length : run.EventBytes / run.Count) + EventLimits.EventOverheadBytes;
            }
            first = next;
            if (next < run.End) break;
        }
        DropTo(first, isTold: false);
    }

    private void DropOlderThan(long limitMs, long nowMs)
    {
        while (_first < _next && _runs.Count > 0)
        {
            EventRun run = _runs[0];
            ulong at = Math.Max(_first, run.First);
            if (_frontAtMs == Unknown) LookAtFront(at, nowMs);
            if (_frontAtMs >= limitMs) return;
            ulong next = Math.Max(at + 1, _frontReadable);
            long lastMs = _frontAtMs;
            // A run whose first event is too old is gone through to the first that is not, so that it is dropped in one go.
            while (next < run.End && Front.TrySeek(_owner.Store.CurrentLog, run, next, out FrontEvent found))
            {
                lastMs = found.WrittenAtMs;
                if (lastMs >= limitMs) break;
                next = found.Sequence + 1;
            }
            DropTo(next, isTold: false);
        }
    }

    // How old the first event is. One that cannot be read is at least as old as the next that can; where there is none, it is as old as this look.
    private void LookAtFront(ulong at, long nowMs)
    {
        int looks = Math.Min(_runs.Count, MaxLooks);
        for (int i = 0; i < looks && _frontAtMs == Unknown; i++)
        {
            EventRun run = _runs[i];
            if (Front.TrySeek(_owner.Store.CurrentLog, run, Math.Max(at, run.First), out FrontEvent found))
                (_frontReadable, _frontAtMs) = (found.Sequence, found.WrittenAtMs);
        }
        if (_frontAtMs == Unknown) (_frontReadable, _frontAtMs) = (_runs[looks - 1].End, nowMs);
        if (_frontReadable <= at || at < _toldUnreadable) return;
        // Once for all of them: until they are dropped they are looked at again and again.
        _owner.NoteUnreadable((long)(_frontReadable - Math.Max(at, _toldUnreadable)));
        _toldUnreadable = _frontReadable;
    }

    private FrontCursor Front => _front ??= new FrontCursor();

    /// <summary>Drops the events before a number. The log is told of a trim at once. Of what retention drops it is told when that kept blobs, once for
    /// many appends (<see cref="SaveFront"/>): what the log holds says the same as long as the clock is not set back.</summary>
    private void DropTo(ulong first, bool isTold)
    {
        if (first <= _first) return;
        // While the log is opened nothing may be written to it yet, and a reader never writes.
        bool refsGo = HasRefs(_first, first), hasRefs = _isOpen && refsGo;
        List<EventRoot>? leaving = hasRefs && _counted is not null ? RootsThatGo(first) : null;
        if (isTold) Save(first, _state.Retention);
        if (leaving is not null) (_leaving ??= []).AddRange(leaving);
        Forget(first);
        if (isTold) Release();
        else if (hasRefs) NoteUnsaved();
        else if (refsGo && _owner.Store.IsWritable) _unsavedDrops++;
    }

    // Where it cannot be read what goes, all is counted anew.
    private List<EventRoot> RootsThatGo(ulong first)
    {
        var roots = new List<EventRoot>();
        try
        {
            ListRoots(_first, first, roots);
        }
        catch (DatafortsException)
        {
            _counted!.Break();
        }
        return roots;
    }

    private void Forget(ulong first)
    {
        SegmentLog log = _owner.Store.CurrentLog;
        while (_runs.Count > 0 && _runs[0].End <= first)
        {
            EventRun run = _runs[0];
            Interlocked.Add(ref _bytes, _frontDropped - run.EventBytes);
            _frontDropped = 0;
            log.ReleaseBytes(run.Segment, run.Span);
            _runs.RemoveFirst();
        }
        if (_runs.Count > 0 && _runs[0].First < first)
        {
            EventRun run = _runs[0];
            // Of what cannot be read the events count alike.
            bool isReadable = Front.TrySeek(log, run, first, out FrontEvent found) && found.Sequence == first;
            long before = isReadable ? found.BytesBefore : (long)(run.EventBytes * ((first - run.First) / (double)run.Count));
            before = Math.Max(before, _frontDropped);
            Interlocked.Add(ref _bytes, _frontDropped - before);
            _frontDropped = before;
        }
        _frontAtMs = Unknown;
        Volatile.Write(ref _first, first);
    }
}
