using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class EventLog
{
    private readonly Dictionary<ulong, Replayed> _replayed = [];
    private readonly List<LogRecord> _states = [];
    private RecordLocation _epochAt;
    private ChannelState? _epochState;
    private uint _highestEpoch;
    private bool _isNewEpoch;

    /// <summary>Takes a record as the log is opened, oldest first.</summary>
    public void Replay(LogRecord record)
    {
        if (record.Kind == RecordKind.Channel)
        {
            _states.Add(record);
            return;
        }
        var slot = EventSlot.Of(record.Hash);
        if (!EventRun.TryMake(record, slot, out EventRun run))
        {
            store.NoteDamage(record, "the events record here says what no record can");
            return;
        }
        _highestEpoch = Math.Max(_highestEpoch, slot.Epoch);
        if (!_replayed.TryGetValue(slot.Channel, out Replayed? channel)) _replayed.Add(slot.Channel, channel = new Replayed());
        channel.Add(run);
    }

    /// <summary>All has been replayed.</summary>
    public void Settle(CancellationToken cancellationToken)
    {
        foreach (LogRecord record in _states) ReplayState(record, tellsNext: true);
        foreach (ulong id in _replayed.Keys.Where(id => !_byId.ContainsKey(id)).Order())
        {
            // What its events are the record of the channel would tell. They stay, and whoever makes the channel again goes on behind them.
            var lost = new LogRecord { Location = _replayed[id].Place };
            store.NoteDamage(lost, $"no record of the channel numbered {id} can be read, though there are events of it");
            _byId.Add(id, new StoredChannel(this, new ChannelState(id, "", 0, 0, 0, 0, EventRetention.Everything), default));
        }
        foreach ((ulong id, StoredChannel channel) in _byId)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_replayed.TryGetValue(id, out Replayed? found)) channel.Settle(found.Runs, found.Late);
        }
        _replayed.Clear();
        _replayed.TrimExcess();
        _states.Clear();
        _states.TrimExcess();
        SetEpoch();
    }

    /// <summary>What was appended since has been replayed; for a store open for reading.</summary>
    /// <returns>False where it cannot be told whose events there are: all is to be looked at anew.</returns>
    public bool SettleOn()
    {
        bool isKnown = true;
        lock (_gate)
        {
            // First, as retention may have been widened.
            foreach (LogRecord record in _states) ReplayState(record, tellsNext: false);
            foreach ((ulong id, Replayed found) in _replayed)
            {
                if (_byId.TryGetValue(id, out StoredChannel? channel)) channel.SettleOn(found.Runs);
                else isKnown = false;
            }
            if (_states.Count > 0)
            {
                foreach (StoredChannel channel in _byId.Values) channel.TellNext();
            }
            _replayed.Clear();
            _states.Clear();
            SetEpoch();
        }
        return isKnown;
    }

    /// <summary>For a writer, when its log is open: writes down that a tail may have been lost, and what has become too old meanwhile.</summary>
    public void BeginWriting()
    {
        if (_byId.Count > 0 && _isNewEpoch) SaveEpoch();
        foreach (StoredChannel channel in All()) channel.BeginWriting();
    }

    /// <summary>Takes over what another look at the log has found; for a store open for reading.</summary>
    public void TakeFrom(EventLog other)
    {
        lock (_gate)
        {
            foreach ((ulong id, StoredChannel found) in other._byId)
            {
                if (_byId.TryGetValue(id, out StoredChannel? known)) known.TakeFrom(found);
                else
                {
                    known = new StoredChannel(this, found.State, default);
                    known.TakeFrom(found);
                    _byId.Add(id, known);
                }
                if (known.Name.Length > 0) _byName[known.Name] = known;
            }
            _collisions = other._collisions;
            (_highestEpoch, _epochAt, _epochState) = (other._highestEpoch, other._epochAt, other._epochState);
            _replayed.Clear();
            _states.Clear();
            Volatile.Write(ref _epoch, other._epoch);
        }
    }

    private void ReplayState(LogRecord record, bool tellsNext)
    {
        var payload = new byte[record.Location.Length];
        bool isWhole = store.CurrentLog.Read(record.Location, 0, payload) == payload.Length && record.Matches(payload);
        if (!isWhole || !ChannelState.TryDecode(payload, out ChannelState? state))
        {
            store.NoteDamage(record, "the record of a channel here is damaged");
            return;
        }
        _highestEpoch = Math.Max(_highestEpoch, state.Epoch);
        if (state.Id == 0)
        {
            if (_epochAt != default) store.CurrentLog.Release(_epochAt);
            (_epochAt, _epochState) = (record.Location, state);
            return;
        }
        if (_byId.TryGetValue(state.Id, out StoredChannel? channel))
        {
            if (channel.State.Revision > state.Revision) store.CurrentLog.Release(record.Location);
            else channel.SetState(state, record.Location, tellsNext);
            _byName[channel.Name] = channel;
            return;
        }
        channel = new StoredChannel(this, state, record.Location, tellsNext);
        if (state.Id != _idOf(state.Name)) _collisions++;
        _byId.Add(state.Id, channel);
        _byName[state.Name] = channel;
    }

    // Seconds, so that an epoch which was itself lost, with all that was appended in it, does not come back.
    private void SetEpoch()
    {
        _tellsAhead = _epochState is { Next: > 0 };
        bool isLost = store.CurrentLog.TailMayBeLost || (_tellsAhead && !store.CurrentLog.WasClosedInOrder);
        bool isNew = store.IsWritable && (isLost || _highestEpoch == 0);
        _isNewEpoch = isNew && isLost;
        _tellsAhead &= !isNew;
        uint now = (uint)Math.Clamp(store.NowMs() / 1000, 1, uint.MaxValue);
        Volatile.Write(ref _epoch, isNew ? Math.Max(_highestEpoch + 1, now) : _highestEpoch);
    }

    private long SaveEpoch()
    {
        var state = new ChannelState(0, "", (_epochState?.Revision ?? 0) + 1, Epoch, 0, _tellsAhead ? 1UL : 0, EventRetention.Everything);
        (_epochAt, long bytes) = Append(state, _epochAt);
        _epochState = state;
        return bytes;
    }

    // What was found of a channel: its runs in the order of their numbers, and those that came too late for that.
    private sealed class Replayed
    {
        public RunList Runs { get; } = new();

        public List<EventRun>? Late { get; private set; }

        public RecordLocation Place => Runs.Count > 0 ? new RecordLocation(Runs[0].Segment, Runs[0].Offset, 0) : default;

        public void Add(in EventRun run)
        {
            if (Runs.Count == 0 || run.First >= Runs[Runs.Count - 1].End) Runs.Add(run);
            else (Late ??= []).Add(run);
        }
    }
}
