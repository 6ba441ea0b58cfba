namespace Dataforts.Mesh.Embedded;

/// <summary>A channel's events, kept up to a number, and who waits for more.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EmbeddedChannel(int capacity, bool isVirtual)
{
    private readonly Lock _gate = new();
    private readonly Queue<MeshEvent> _events = new();
    private TaskCompletionSource _more = New(isVirtual);
    private ulong _first;

    /// <summary>Adds an event and gives it its place.</summary>
    public ulong Append(in MeshEvent posted)
    {
        TaskCompletionSource more;
        ulong sequence;
        lock (_gate)
        {
            sequence = _first + (ulong)_events.Count;
            _events.Enqueue(posted with { Sequence = sequence });
            if (_events.Count > capacity)
            {
                _events.Dequeue();
                _first++;
            }
            (more, _more) = (_more, New(isVirtual));
        }
        more.TrySetResult();
        return sequence;
    }

    /// <summary>The events from a place on, or what to wait for when there are none.</summary>
    public (MeshEvent[] Events, Task More) Read(ulong from, int most)
    {
        lock (_gate)
        {
            ulong skip = from > _first ? from - _first : 0;
            MeshEvent[] events = skip >= (ulong)_events.Count ? [] : [.. _events.Skip((int)skip).Take(most)];
            return (events, _more.Task);
        }
    }

    // In virtual time what waits goes on at once, on the one thread there is.
    private static TaskCompletionSource New(bool isVirtual) =>
        new(isVirtual ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
}
