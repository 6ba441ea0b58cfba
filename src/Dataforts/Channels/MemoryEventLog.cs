using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>Events in memory, gone with the process. What is read is not copied. The blobs of refs are not kept from collection.</summary>
internal sealed class MemoryEventLog(ulong id, EventRetention retention, TimeProvider time) : IEventLog
{
    private readonly Lock _gate = new();
    private readonly PageList _pages = new();
    private ulong _first;
    private ulong _next;
    private long _bytes;
    private EventRetention _retention = retention;

    /// <summary>What it is kept under; its channel's gate as well.</summary>
    public Lock Gate => _gate;

    public ulong Id => id;

    // As a store's: when it began, so that a token of an earlier process is not taken for one of this.
    public uint Epoch { get; } = (uint)Math.Clamp(time.GetUtcNow().ToUnixTimeSeconds(), 1, uint.MaxValue);

    public ulong First => Volatile.Read(ref _first);

    public ulong Next => Volatile.Read(ref _next);

    public long Bytes => Interlocked.Read(ref _bytes);

    public EventRetention Retention => Volatile.Read(ref _retention);

    public bool IsDurable => false;

    public bool IsShared => false;

    public ulong Append(ReadOnlySpan<byte> payload, bool isRef, ulong expected)
    {
        long now = NowMs();
        lock (_gate)
        {
            if (_next != expected) throw new SequenceMismatchException(expected, _next);
            return AppendLocked(payload, isRef, now);
        }
    }

    /// <summary>Appends one event, under <see cref="Gate"/>.</summary>
    public ulong AppendLocked(ReadOnlySpan<byte> payload, bool isRef, long nowMs)
    {
        ulong number = _next;
        Add(number, payload, isRef, nowMs);
        Volatile.Write(ref _next, number + 1);
        Retain(nowMs);
        return number;
    }

    public long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    public ulong Append(in PackedEvents events, ulong expected)
    {
        long now = NowMs();
        lock (_gate)
        {
            ulong first = _next, number = first;
            if (first != expected) throw new SequenceMismatchException(expected, first);
            ReadOnlySpan<byte> rest = events.Payloads;
            foreach (uint word in events.Words)
            {
                int length = PackedEvents.LengthOf(word);
                Add(number++, rest[..length], PackedEvents.IsRef(word), now);
                rest = rest[length..];
            }
            // All of them at once, for whoever reads without the gate.
            Volatile.Write(ref _next, number);
            Retain(now);
            return first;
        }
    }

    public EventRange Read(ulong from, int maxBytes, int maxEvents, EventPage page)
    {
        lock (_gate)
        {
            Retain(NowMs());
            if (from < _first) return new EventRange([], _first, GapReason.Dropped);
            if (from >= _next) return new EventRange([], from, GapReason.None);
            var events = new List<ChannelEvent>();
            long bytes = 0;
            for (ulong number = from; number < _next && events.Count < maxEvents; number++)
            {
                MemoryPage? held = _pages.Find(number);
                if (held is null || !held.Contains(number))
                {
                    if (events.Count == 0) return new EventRange([], held?.First ?? _next, GapReason.Damaged);
                    break;
                }
                ReadOnlyMemory<byte> payload = held.Payload(number);
                bytes += payload.Length;
                if (bytes > maxBytes && events.Count > 0) break;
                DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(held.TimeMs(number));
                events.Add(new ChannelEvent(number, at, Epoch, held.IsRef(number), payload));
            }
            return new EventRange(events, from + (ulong)events.Count, GapReason.None);
        }
    }

    public ulong Trim(ulong upTo)
    {
        lock (_gate)
        {
            DropTo(Math.Min(upTo, _next));
            return _first;
        }
    }

    public void SetRetention(EventRetention retention)
    {
        lock (_gate)
        {
            Volatile.Write(ref _retention, retention);
            Retain(NowMs());
        }
    }

    public void SkipTo(ulong next)
    {
        lock (_gate) Volatile.Write(ref _next, Math.Max(_next, next));
    }

    // It dies with the process, and so does whoever could be confused.
    public void BeginTellingAhead()
    {
    }

    // Whoever has the log is the only one: it is nobody else's.
    public bool TryBeginWriting(object writer) => true;

    public void EndWriting(object writer)
    {
    }

    public void BeginWatching(IAppendWatcher watcher)
    {
    }

    public void EndWatching(IAppendWatcher watcher)
    {
    }

    public void WakeOthers(IAppendWatcher but)
    {
    }

    public Task FlushAsync(int waiters) => Task.CompletedTask;

    public void Refresh()
    {
    }

    private void Add(ulong number, ReadOnlySpan<byte> payload, bool isRef, long nowMs)
    {
        _pages.Add(number, payload, isRef, nowMs);
        _bytes += payload.Length;
    }

    private void Retain(long nowMs)
    {
        EventRetention limits = _retention;
        if (limits.MaxCount is { } count && _next - _first > (ulong)count) DropTo(_next - (ulong)count);
        if (limits.MaxBytes is { } bytes)
        {
            while (_bytes + ((long)(_next - _first) * EventLimits.EventOverheadBytes) > bytes && _next - _first > 1) DropTo(_first + 1);
        }
        if (limits.MaxAge is { } age)
        {
            while (_pages.Find(_first) is { } page && nowMs - page.TimeMs(Math.Max(_first, page.First)) > (long)age.TotalMilliseconds)
                DropTo(Math.Max(_first, page.First) + 1);
        }
    }

    private void DropTo(ulong first)
    {
        for (ulong number = _first; number < first; number++)
        {
            if (_pages.Find(number) is not { } page) break;
            if (page.Contains(number)) _bytes -= page.LengthOf(number);
        }
        if (first <= _first) return;
        Volatile.Write(ref _first, first);
        _pages.DropBefore(first, _next);
    }
}
