using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>Events in memory, gone with the process. What is read is not copied.</summary>
internal sealed class MemoryEventLog(ulong id, EventRetention retention, TimeProvider time) : IEventLog
{
    private readonly Lock _gate = new();
    private readonly PageList _pages = new();
    private ulong _first;
    private ulong _next;
    private long _bytes;
    private EventRetention _retention = retention;

    public ulong Id => id;

    public uint Epoch => 1;

    public ulong First => Volatile.Read(ref _first);

    public ulong Next => Volatile.Read(ref _next);

    public long Bytes => Interlocked.Read(ref _bytes);

    public EventRetention Retention => Volatile.Read(ref _retention);

    public bool IsDurable => false;

    public bool IsShared => false;

    public ulong Append(ReadOnlySpan<byte> payload, bool isRef)
    {
        long now = NowMs();
        lock (_gate)
        {
            ulong number = _next;
            Add(number, payload, isRef, now);
            Volatile.Write(ref _next, number + 1);
            Retain(now);
            return number;
        }
    }

    public ulong Append(in PackedEvents events)
    {
        long now = NowMs();
        lock (_gate)
        {
            ulong first = _next, number = first;
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
                MemoryPage held = _pages.Find(number);
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
            while (_first < _next && nowMs - _pages.Find(_first).TimeMs(_first) > (long)age.TotalMilliseconds) DropTo(_first + 1);
        }
    }

    private void DropTo(ulong first)
    {
        for (ulong number = _first; number < first; number++) _bytes -= _pages.Find(number).Payload(number).Length;
        if (first <= _first) return;
        Volatile.Write(ref _first, first);
        _pages.DropBefore(first, _next);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
