using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>Events in memory, gone with the process. What is read is not copied.</summary>
internal sealed class MemoryEventLog(ulong id, EventRetention retention, TimeProvider time) : IEventLog
{
    private const int PageBytes = 64 << 10;
    private const int FirstEntries = 16;

    private readonly Lock _gate = new();
    private ChannelEvent[] _ring = [];
    private byte[] _page = [];
    private int _pageUsed;
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
        DateTimeOffset now = Now();
        lock (_gate)
        {
            ulong number = _next;
            Add(payload, isRef, now, number);
            Volatile.Write(ref _next, number + 1);
            Retain(now);
            return number;
        }
    }

    public ulong Append(ReadOnlySpan<NewEvent> events)
    {
        DateTimeOffset now = Now();
        lock (_gate)
        {
            ulong first = _next, number = first;
            foreach (ref readonly NewEvent one in events) Add(one.Payload.Span, one.IsRef, now, number++);
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
            Retain(Now());
            if (from < _first) return new EventRange([], _first, GapReason.Dropped);
            if (from >= _next) return new EventRange([], from, GapReason.None);
            var events = new List<ChannelEvent>((int)Math.Min((ulong)maxEvents, Math.Min(_next - from, FirstEntries)));
            long bytes = 0;
            for (ulong number = from; number < _next && events.Count < maxEvents; number++)
            {
                ref readonly ChannelEvent one = ref Slot(number);
                bytes += one.Payload.Length;
                if (bytes > maxBytes && events.Count > 0) break;
                events.Add(one);
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
            Retain(Now());
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Refresh()
    {
    }

    private void Add(ReadOnlySpan<byte> payload, bool isRef, DateTimeOffset now, ulong number)
    {
        if (number - _first == (ulong)_ring.Length) Grow(number);
        if (_page.Length - _pageUsed < payload.Length)
        {
            _page = GC.AllocateUninitializedArray<byte>(Math.Max(PageBytes, payload.Length));
            _pageUsed = 0;
        }
        Memory<byte> place = _page.AsMemory(_pageUsed, payload.Length);
        payload.CopyTo(place.Span);
        _pageUsed += payload.Length;
        Slot(number) = new ChannelEvent(number, now, Epoch, isRef, place);
        Interlocked.Add(ref _bytes, payload.Length);
    }

    private void Grow(ulong end)
    {
        var ring = new ChannelEvent[Math.Max(FirstEntries, _ring.Length * 2)];
        for (ulong number = _first; number < end; number++) ring[number & ((ulong)ring.Length - 1)] = Slot(number);
        _ring = ring;
    }

    private ref ChannelEvent Slot(ulong number) => ref _ring[number & ((ulong)_ring.Length - 1)];

    private void Retain(DateTimeOffset now)
    {
        EventRetention limits = _retention;
        if (limits.MaxCount is { } count && _next - _first > (ulong)count) DropTo(_next - (ulong)count);
        if (limits.MaxBytes is { } bytes)
        {
            while (_bytes > bytes && _next - _first > 1) DropTo(_first + 1);
        }
        if (limits.MaxAge is { } age)
        {
            while (_first < _next && now - Slot(_first).Time > age) DropTo(_first + 1);
        }
    }

    private void DropTo(ulong first)
    {
        for (ulong number = _first; number < first; number++)
        {
            ref ChannelEvent one = ref Slot(number);
            Interlocked.Add(ref _bytes, -one.Payload.Length);
            one = default;
        }
        if (first > _first) Volatile.Write(ref _first, first);
        if (_first == _next) (_ring, _page, _pageUsed) = ([], [], 0);
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
