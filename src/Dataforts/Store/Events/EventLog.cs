using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>The channels of a store.</summary>
/// <remarks>Thread-safe. Flushed with everything else by the store's flush, which all channels share.</remarks>
internal sealed partial class EventLog(IEventStore store, Func<string, ulong>? idOf = null)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, StoredChannel> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, StoredChannel> _byId = [];
    private readonly Func<string, ulong> _idOf = idOf ?? CanonicalId;
    private IEventRoots? _counted;
    private uint _epoch;
    private int _collisions;
    private bool _tellsAhead;
    private readonly Lock _countingGate = new();
    private readonly ConcurrentQueue<StoredChannel> _unsaved = new();
    private long _unreadable;

    /// <summary>The store.</summary>
    public IEventStore Store => store;

    /// <summary>Where the records of channels lie.</summary>
    public StatePlaces Places { get; } = new();

    /// <summary>See <see cref="StoredChannel.Epoch"/>.</summary>
    public uint Epoch => Volatile.Read(ref _epoch);

    /// <summary>Channels there are.</summary>
    public int ChannelCount => _byName.Count;

    /// <summary>Names that have the canonical hash of another channel's name; they are kept apart all the same.</summary>
    public int Collisions => Volatile.Read(ref _collisions);

    /// <summary>A channel; null when there is none of that name.</summary>
    public StoredChannel? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A channel, made where there is none. One that is there keeps its retention.</summary>
    /// <param name="name">1 to <see cref="EventLimits.MaxChannelNameBytes"/> bytes of UTF-8; its grammar is the caller's.</param>
    /// <param name="retention">How much of a new one stays.</param>
    /// <exception cref="DatafortsException">LimitExceeded: the name is too long. ReadOnly and so on, when it is to be made.</exception>
    public StoredChannel OpenOrCreate(string name, EventRetention retention)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(retention);
        if (_byName.TryGetValue(name, out StoredChannel? there)) return there;
        int length = Encoding.UTF8.GetByteCount(name);
        if (length > EventLimits.MaxChannelNameBytes)
            throw new DatafortsException(ErrorKind.LimitExceeded, $"a channel's name of {length} bytes is over the {EventLimits.MaxChannelNameBytes} of one");
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out there)) return there;
            ulong id = FreeId(name, out bool collides);
            // One whose own record was lost: its events are there, and their numbers were given.
            StoredChannel? nameless = _byId.GetValueOrDefault(id);
            var state = new ChannelState(id, name, 1, Epoch, nameless?.First ?? 0, nameless?.Next ?? 0, retention);
            (RecordLocation at, _) = Append(state, default);
            StoredChannel channel = nameless ?? new StoredChannel(this, state, at);
            if (nameless is not null) nameless.SetState(state, at);
            else channel.SetCounted(_counted);
            channel.BeginWriting();
            if (collides) _collisions++;
            _byId[id] = channel;
            _byName[name] = channel;
            return channel;
        }
    }

    /// <summary>Writes down that numbers of this epoch are told before their events are written: if the process dies, the next writer begins another
    /// epoch, so that none of them comes to name another event.</summary>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: nothing may be told ahead.</exception>
    public void BeginTellingAhead()
    {
        lock (_gate)
        {
            if (_tellsAhead || !store.IsWritable) return;
            _tellsAhead = true;
            try
            {
                _ = SaveEpoch();
            }
            catch
            {
                _tellsAhead = false;
                throw;
            }
        }
    }

    /// <summary>All channels, by name.</summary>
    public IReadOnlyList<StoredChannel> List() => [.. _byName.Values.OrderBy(channel => channel.Name, StringComparer.Ordinal)];

    /// <summary>Events that are retained. O(channels).</summary>
    public long Count() => _byName.Sum(channel => (long)(channel.Value.Next - channel.Value.First));

    /// <summary>Their payload bytes. O(channels).</summary>
    public long Bytes() => _byName.Sum(channel => channel.Value.Bytes);

    /// <summary>When the oldest event that is retained and can be read was appended, Unix milliseconds; null when there is none. Reads a run of each
    /// channel.</summary>
    public long? OldestMs(CancellationToken cancellationToken)
    {
        var cursor = new FrontCursor();
        long? oldest = null;
        foreach (StoredChannel channel in All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (channel.FirstAtMs(cursor) is { } atMs && !(oldest <= atMs)) oldest = atMs;
        }
        return oldest;
    }

    /// <summary>Events that retention met and could not read since the store was opened; their age is that of those behind them.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <summary>Takes note of events that retention cannot read.</summary>
    public void NoteUnreadable(long events)
    {
        Interlocked.Add(ref _unreadable, events);
        DatafortsMeter.EventsUnreadable.Add(events);
    }

    /// <summary>Drops what has become too old in any channel; for a worker, now and then.</summary>
    /// <returns>Events dropped.</returns>
    /// <exception cref="DatafortsException">As <see cref="StoredChannel.Trim"/>.</exception>
    public long Sweep(CancellationToken cancellationToken)
    {
        long dropped = 0;
        foreach (StoredChannel channel in All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            dropped += channel.Sweep();
        }
        return dropped;
    }

    /// <summary>For a store open for reading: looks at what another process has appended since.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Refresh() => store.RefreshIfGrown();

    /// <summary>Appends the record of a channel.</summary>
    /// <returns>Where it lies, and its bytes in the log.</returns>
    public (RecordLocation At, long Bytes) Append(ChannelState state, RecordLocation before)
    {
        byte[] payload = state.Encode();
        var record = new NewRecord(RecordKind.Channel, BlobHash.Compute(payload), payload);
        store.CurrentLog.Append(record, out RecordLocation location);
        if (before != default) store.CurrentLog.Release(before);
        return (location, record.Stride);
    }

    /// <summary>The canonical hash of a name, seed 0; 0 stands for all channels, so it is nobody's.</summary>
    public static ulong CanonicalId(string name) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)) is not 0 and ulong id ? id : 1;

    private List<StoredChannel> All()
    {
        lock (_gate) return [.. _byId.Values];
    }

    // The next number that nobody has, from the name's own on. Which it was, the channel's record says.
    private ulong FreeId(string name, out bool collides)
    {
        ulong id = _idOf(name), own = id;
        while (_byId.TryGetValue(id, out StoredChannel? other) && other.Name.Length > 0) id = id == ulong.MaxValue ? 1 : id + 1;
        collides = id != own;
        return id;
    }
}
