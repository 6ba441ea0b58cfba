namespace Dataforts.Store.Events;

// Who appends to a channel hands out numbers ahead of the log, so there is one of them at a time. Those who wait for events may be many.
internal sealed partial class StoredChannel
{
    private object? _writer;
    private IAppendWatcher[] _watchers = [];
    private bool _skipIsUnsaved;

    /// <summary>Makes somebody the one who appends.</summary>
    /// <returns>False when another is.</returns>
    public bool TryTakePart(object writer) => Interlocked.CompareExchange(ref _writer, writer, null) is not { } other || other == writer;

    /// <summary>Lets another append.</summary>
    public void GiveUpPart(object writer) => Interlocked.CompareExchange(ref _writer, null, writer);

    /// <summary>Tells somebody, from now on, what others append.</summary>
    public void BeginWatching(IAppendWatcher watcher)
    {
        lock (_gate) Volatile.Write(ref _watchers, [.. _watchers, watcher]);
    }

    /// <summary>Ends that.</summary>
    public void EndWatching(IAppendWatcher watcher)
    {
        lock (_gate) Volatile.Write(ref _watchers, [.. _watchers.Where(one => one != watcher)]);
    }

    /// <summary>Tells all who watch but one that there is something new.</summary>
    public void WakeOthers(IAppendWatcher but)
    {
        foreach (IAppendWatcher watcher in Volatile.Read(ref _watchers))
        {
            if (watcher != but) watcher.Appended();
        }
    }

    /// <summary>Goes on with a number: those before it were told to somebody, and will be of no event. Readers see a gap.</summary>
    public void SkipTo(ulong next)
    {
        lock (_gate)
        {
            if (next <= _next) return;
            Volatile.Write(ref _next, next);
            // The next event says it by its number; the log is told only when there is none until the store is closed.
            _skipIsUnsaved = true;
        }
    }
}
