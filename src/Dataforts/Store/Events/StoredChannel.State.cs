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
    /// <param name="state">What it was told.</param>
    /// <param name="at">Where.</param>
    /// <param name="tellsNext">Whether its events are known as well; else readers would take those up to its next number for lost.</param>
    public void SetState(ChannelState state, RecordLocation at, bool tellsNext = true)
    {
        lock (_gate)
        {
            if (_stateAt != default && _stateAt != at) _owner.Store.CurrentLog.Release(_stateAt);
            Volatile.Write(ref _state, state);
            PlaceState(at);
            _next = Math.Max(_next, tellsNext ? state.Next : state.First);
            Forget(Math.Max(_first, state.First));
        }
    }

    /// <summary>Goes on with the number that the log was told, now that its events are known.</summary>
    public void TellNext()
    {
        lock (_gate) Volatile.Write(ref _next, Math.Max(_next, _state.Next));
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
