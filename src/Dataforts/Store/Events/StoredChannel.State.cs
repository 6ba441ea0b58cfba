using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>What the log was last told of the channel.</summary>
    public ChannelState State => Volatile.Read(ref _state);

    /// <summary>Where that lies.</summary>
    public RecordLocation StateAt
    {
        get { lock (_gate) return _stateAt; }
    }

    /// <summary>The segment in which that lies.</summary>
    public uint StateSegment => StateAt.Segment;

    /// <summary>Sets what the log was told last.</summary>
    public void SetState(ChannelState state, RecordLocation at)
    {
        lock (_gate)
        {
            if (_stateAt != default && _stateAt != at) _owner.Store.CurrentLog.Release(_stateAt);
            Volatile.Write(ref _state, state);
            _stateAt = at;
            _next = Math.Max(_next, state.Next);
            Forget(Math.Max(_first, state.First));
        }
    }

    /// <summary>From now on the log may be written to.</summary>
    public void BeginWriting()
    {
        lock (_gate)
        {
            _isOpen = true;
            SaveTrimLocked();
        }
    }

    /// <summary>Writes down where the channel begins, where its age decides that: the clock may be set back, and what was dropped must not be back. And
    /// where it goes on, where the last event does not say that.</summary>
    public void SaveTrim()
    {
        lock (_gate) SaveTrimLocked();
    }

    private void SaveTrimLocked()
    {
        if (_skipIsUnsaved && Name.Length > 0)
        {
            Save(_first, _state.Retention);
            _skipIsUnsaved = false;
            return;
        }
        if (_first > _state.First && _state.Retention.MaxAge is not null && Name.Length > 0) Save(_first, _state.Retention);
    }
}
