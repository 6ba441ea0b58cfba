using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>After how many drops of events with refs the log is told where the channel begins: a record for each append would be half of all
    /// records. Until then their blobs stay.</summary>
    internal const int DropsPerSave = 64;

    // The same, where an append drops many refs.
    private const int MaxLeaving = 1024;

    // What dropped events kept and the one who counts has not been told of yet.
    private List<EventRoot>? _leaving;
    private int _unsavedDrops;
    private bool _isNoted;
    private bool _isListing;

    /// <summary>Writes down where the channel begins, if it kept blobs before that, and lets those go.</summary>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: they stay, and it is tried again.</exception>
    public void SaveUnsaved()
    {
        lock (_gate)
        {
            if (_unsavedDrops > 0) SaveFront();
            _isNoted = false;
        }
    }

    /// <summary>Writes down where the channel begins, where its age decides that: the clock may be set back, and what was dropped must not be
    /// back. And where blobs are to be let go, or where the last event does not say where it goes on.</summary>
    public void SaveTrim()
    {
        lock (_gate) SaveTrimLocked();
    }

    private void SaveTrimLocked()
    {
        if (Name.Length == 0 || (_first <= _state.First && !_skipIsUnsaved)) return;
        if (_skipIsUnsaved || _state.Retention.MaxAge is not null) SaveFront();
        else TrySaveFront();
    }

    private void NoteUnsaved()
    {
        _unsavedDrops++;
        if (!_isNoted) _owner.NoteUnsaved(this);
        _isNoted = true;
        if (_unsavedDrops >= DropsPerSave || (!_isListing && _leaving?.Count >= MaxLeaving)) TrySaveFront();
    }

    // What is dropped is dropped; when the log takes no more, the blobs stay until it does.
    private void TrySaveFront()
    {
        try
        {
            if (_unsavedDrops > 0) SaveFront();
        }
        catch (DatafortsException)
        {
            // As above.
        }
    }

    // A blob goes behind the record: whoever reads the log must not take an event for kept whose blob is gone.
    private long SaveFront()
    {
        long bytes = Save(_first, _state.Retention);
        Release();
        return bytes;
    }

    // Writes down what the log would not tell by itself: where the channel begins and goes on.
    private long Save(ulong first, EventRetention retention)
    {
        ChannelState state = _state with { Revision = _state.Revision + 1, Epoch = _owner.Epoch, First = first, Next = _next, Retention = retention };
        (RecordLocation at, long bytes) = _owner.Append(state, _stateAt);
        PlaceState(at);
        Volatile.Write(ref _state, state);
        _unsavedDrops = 0;
        _skipIsUnsaved = false;
        return bytes;
    }

    // Not while roots are listed: what is told as dropped has to have been told as kept.
    private void Release()
    {
        if (_isListing || _leaving is not { Count: > 0 }) return;
        if (_counted is { } counted)
        {
            foreach (EventRoot root in _leaving) counted.Drop(root);
        }
        _leaving.Clear();
        if (_leaving.Capacity > MaxLeaving) _leaving = null;
    }
}
