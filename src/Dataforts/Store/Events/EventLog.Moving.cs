using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class EventLog
{
    /// <summary>Writes anew what counts of a segment.</summary>
    /// <param name="id">The segment.</param>
    /// <param name="records">What it holds.</param>
    /// <returns>Bytes written; null when something is not what it should be, so that the segment has to stay.</returns>
    public long? MoveOut(ulong id, List<LogRecord> records)
    {
        long copied = 0;
        foreach (StoredChannel channel in ChannelsIn((uint)id, records))
        {
            if (channel.MoveOut((uint)id) is not { } bytes) return null;
            copied += bytes;
        }
        lock (_gate)
        {
            if (_epochAt.Segment == id) copied += SaveEpoch();
        }
        return copied;
    }

    /// <summary>The log has given up a segment's tail, and written anew what it could.</summary>
    public void Relocate(TailRescue rescue)
    {
        var moved = new Dictionary<ulong, List<EventRun>>();
        foreach ((_, LogRecord @new) in rescue.Moved)
        {
            if (@new.Kind != RecordKind.Events || !EventRun.TryMake(@new, EventSlot.Of(@new.Hash), out EventRun run)) continue;
            ulong id = EventSlot.Of(@new.Hash).Channel;
            if (!moved.TryGetValue(id, out List<EventRun>? runs)) moved.Add(id, runs = []);
            runs.Add(run);
        }
        foreach (StoredChannel channel in All()) channel.Relocate(rescue, moved.GetValueOrDefault(channel.Id) ?? []);
        lock (_gate)
        {
            if (rescue.IsCut(_epochAt)) _epochAt = rescue.Moved.FirstOrDefault(pair => pair.Old.Location == _epochAt).New.Location;
        }
    }

    /// <summary>Whether a record, or a run of them, counts.</summary>
    public bool IsLive(LogRecord record)
    {
        if (record.Kind == RecordKind.Channel) return Places.Contains(record.Location) || IsEpoch(record.Location);
        var slot = EventSlot.Of(record.Hash);
        StoredChannel? channel;
        lock (_gate) channel = _byId.GetValueOrDefault(slot.Channel);
        return channel is not null && channel.IsLive(slot.First, slot.End, record.Location);
    }

    /// <summary>The files in which an event or the record of a channel is not what was written.</summary>
    public IEnumerable<string> FindDamagedFiles(CancellationToken cancellationToken)
    {
        foreach (StoredChannel channel in All())
        {
            foreach (EventRun run in channel.Runs())
            {
                cancellationToken.ThrowIfCancellationRequested();
                string path = store.CurrentLog.PathOf(new RecordLocation(run.Segment, run.Offset, 0));
                // What compaction moves or retention drops while this looks is no damage.
                if (!channel.IsWhole(run) && channel.Holds(run) && File.Exists(path)) yield return path;
            }
            if (channel.StateAt != default && !StateIsWhole(channel)) yield return store.CurrentLog.PathOf(channel.StateAt);
        }
        if (_epochState is not null && !IsWhole(_epochAt, _epochState)) yield return store.CurrentLog.PathOf(_epochAt);
    }

    /// <summary>Writes down how far channels have been trimmed by age, which the log does not tell by itself; when the store is closed.</summary>
    public void SaveTrims()
    {
        foreach (StoredChannel channel in All()) channel.SaveTrim();
    }

    // In the order of their records, so that the same store is compacted the same way.
    private List<StoredChannel> ChannelsIn(uint segment, List<LogRecord> records)
    {
        var seen = new HashSet<StoredChannel>();
        var channels = new List<StoredChannel>();
        lock (_gate)
        {
            foreach (LogRecord record in records)
            {
                if (record.Kind == RecordKind.Events && _byId.TryGetValue(EventSlot.Of(record.Hash).Channel, out StoredChannel? channel) && seen.Add(channel))
                    channels.Add(channel);
            }
        }
        channels.AddRange(Places.In(segment).Where(seen.Add));
        return channels;
    }

    private bool IsEpoch(RecordLocation location)
    {
        lock (_gate) return _epochAt == location;
    }

    private bool StateIsWhole(StoredChannel channel)
    {
        RecordLocation at = channel.StateAt;
        return IsWhole(at, channel.State) || channel.StateAt != at;
    }

    private bool IsWhole(RecordLocation at, ChannelState state)
    {
        byte[] wanted = state.Encode(), bytes = new byte[at.Length];
        return store.CurrentLog.Read(at, 0, bytes) == bytes.Length && bytes.AsSpan().SequenceEqual(wanted) && store.CurrentLog.PaddingIsZero(at);
    }
}
