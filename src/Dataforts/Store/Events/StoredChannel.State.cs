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

    /// <summary>Sets what the log was told last.</summary>
    public void SetState(ChannelState state, RecordLocation at)
    {
        lock (_gate)
        {
            if (_stateAt != default && _stateAt != at) _owner.Store.CurrentLog.Release(_stateAt);
            Volatile.Write(ref _state, state);
            PlaceState(at);
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

    private void PlaceState(RecordLocation at)
    {
        _owner.Places.Move(this, _stateAt, at);
        _stateAt = at;
    }
}
