namespace Dataforts.Mesh.Embedded;

/// <summary>A channel's events, kept up to a number and a size, and who waits for more.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EmbeddedChannel(int capacity, long maxBytes, bool isVirtual)
{
    private const int SmallestRing = 16;

    private readonly Lock _gate = new();
    private MeshEvent[] _ring = [];
    private TaskCompletionSource<bool>? _more;
    private ulong _first;
    private int _count;
    private long _bytes;

    /// <summary>Adds an event and gives it its place.</summary>
    public ulong Append(in MeshEvent posted)
    {
        TaskCompletionSource<bool>? more;
        ulong sequence;
        lock (_gate)
        {
            while (_count > 0 && (_count >= capacity || _bytes + posted.Payload.Length > maxBytes)) DropFirst();
            if (_count == _ring.Length) Grow();
            sequence = _first + (ulong)_count;
            At(sequence) = posted with { Sequence = sequence };
            _count++;
            _bytes += posted.Payload.Length;
            (more, _more) = (_more, null);
        }
        more?.TrySetResult(true);
        return sequence;
    }

    /// <summary>The events from a place on, or what to wait for when there are none.</summary>
    public (MeshEvent[] Events, Task<bool> More) Read(ulong from, int most)
    {
        lock (_gate)
        {
            ulong start = Math.Max(from, _first), end = _first + (ulong)_count;
            if (start >= end) return ([], (_more ??= New(isVirtual)).Task);
            var events = new MeshEvent[Math.Min((ulong)most, end - start)];
            for (int i = 0; i < events.Length; i++) events[i] = At(start + (ulong)i);
            return (events, Task.FromResult(true));
        }
    }

    private ref MeshEvent At(ulong sequence) => ref _ring[(int)(sequence & (ulong)(_ring.Length - 1))];

    private void DropFirst()
    {
        ref MeshEvent first = ref At(_first);
        _bytes -= first.Payload.Length;
        first = default;
        _first++;
        _count--;
    }

    private void Grow()
    {
        MeshEvent[] old = _ring;
        _ring = new MeshEvent[Math.Max(SmallestRing, old.Length * 2)];
        for (ulong sequence = _first; sequence < _first + (ulong)_count; sequence++) At(sequence) = old[(int)(sequence & (ulong)(old.Length - 1))];
    }

    // In virtual time what waits goes on at once, on the one thread there is.
    private static TaskCompletionSource<bool> New(bool isVirtual) =>
        new(isVirtual ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
}
