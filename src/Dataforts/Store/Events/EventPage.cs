using System.Buffers;

namespace Dataforts.Store.Events;

/// <summary>Events that were read together, in pooled memory: read into again, or disposed, it takes their bytes back.</summary>
/// <remarks>For one thread at a time. One that is read into again and again, from where it ended, allocates nothing.</remarks>
internal sealed class EventPage : IDisposable
{
    private readonly List<StoredEvent> _events = [];
    private readonly List<byte[]> _buffers = [];

    /// <summary>The events, in order and without a hole between them.</summary>
    public IReadOnlyList<StoredEvent> Events => _events;

    /// <summary>How many there are.</summary>
    public int Count => _events.Count;

    /// <summary>One of them.</summary>
    public StoredEvent this[int index] => _events[index];

    /// <summary>Where to read on: behind the last event; with a gap and no events, behind the gap.</summary>
    public ulong Next { get; private set; }

    /// <summary>Why the events from the one asked for up to <see cref="Next"/> are not there. Only a page without events has a gap.</summary>
    public EventGap Gap { get; private set; }

    /// <summary>Payload bytes of the events.</summary>
    public long Bytes { get; private set; }

    /// <summary>Where the record behind the last event begins, so that whoever reads on need not look for it.</summary>
    internal (ulong Channel, ulong Sequence, uint Segment, uint Offset) Resume { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear(0);
        Resume = default;
    }

    internal void Clear(ulong next)
    {
        _events.Clear();
        foreach (byte[] buffer in _buffers) ArrayPool<byte>.Shared.Return(buffer);
        _buffers.Clear();
        Bytes = 0;
        Gap = EventGap.None;
        Next = next;
    }

    internal void SetGap(EventGap gap, ulong next)
    {
        Gap = gap;
        Next = next;
    }

    internal byte[] Rent(int bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
        _buffers.Add(buffer);
        return buffer;
    }

    internal void Add(in StoredEvent one)
    {
        _events.Add(one);
        Bytes += one.Payload.Length;
        Next = one.Sequence + 1;
    }
}
