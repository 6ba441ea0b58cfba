using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>Looks into the first run of a channel for retention: how long its events are, and how old. It goes forward with what is dropped, so that a
/// run is read once and not once for each event.</summary>
internal sealed class FrontCursor
{
    private byte[] _bytes = [];
    private int _length;
    private EventRun _run;
    private uint _seed;
    private int _at;
    private ulong _index;
    private long _before;

    /// <summary>Looks for an event, and where that cannot be read for the next one of its run.</summary>
    /// <param name="log">The log.</param>
    /// <param name="run">The run.</param>
    /// <param name="sequence">An event of it.</param>
    /// <param name="found">Receives the event.</param>
    /// <returns>False where none from that one on can be read.</returns>
    public bool TrySeek(SegmentLog log, in EventRun run, ulong sequence, out FrontEvent found)
    {
        found = default;
        bool isHere = _length > 0 && run.IsAt(_run) && run.First == _run.First && sequence >= _index && sequence < _run.End;
        if (!isHere && !Load(log, run)) return false;
        while (_at < _length)
        {
            if (!TryRecord(_at, out EventRecord record) || record.Slot.First > _index)
            {
                if (!SkipDamage()) break;
                continue;
            }
            ulong until = Math.Min(Math.Max(sequence, _index), record.Slot.End);
            if (record.Slot.TableBytes == 0)
            {
                _before += (long)(until - _index) * (record.Header.PayloadLength / record.Slot.Count);
                _index = until;
            }
            for (; _index < until; _index++) _before += LengthOf(record, _index);
            if (_index < record.Slot.End)
            {
                found = new FrontEvent(_index, Math.Min(_before, _run.EventBytes), record.Header.WrittenAtMs, LengthOf(record, _index));
                return true;
            }
            _at += record.Stride;
        }
        _length = 0;
        return false;
    }

    /// <summary>Forgets what was read.</summary>
    public void Forget() => (_bytes, _length) = ([], 0);

    private bool TryRecord(int at, out EventRecord record) =>
        EventRecord.TryRead(_bytes.AsSpan(at, _length - at), RecordHeader.PlaceSeed(_seed, _run.Offset + at), out record)
        && record.Slot.End > _index && record.Slot.End <= _run.End;

    // A table may be wrong though the header is not: no event is longer than all of the run.
    private int LengthOf(in EventRecord record, ulong sequence) => Math.Min(record[(int)(sequence - record.Slot.First)].Length, _run.EventBytes);

    // To the next record that can be read. Headers are tied to their place, so bytes that only look like one are none. What is passed over counts as if
    // all events of the run were alike.
    private bool SkipDamage()
    {
        if (_run.Span > EventRuns.MaxBytes) return false;
        for (int at = _at; at + RecordHeader.SizeBytes <= _length; at += RecordHeader.Alignment)
        {
            if (!TryRecord(at, out EventRecord record) || record.Slot.First < _index) continue;
            _before += (long)(record.Slot.First - _index) * _run.EventBytes / _run.Count;
            (_at, _index) = (at, record.Slot.First);
            return true;
        }
        return false;
    }

    // Of a record that is a run by itself its header and table are enough.
    private bool Load(SegmentLog log, in EventRun run)
    {
        int wanted = run.Span <= EventRuns.MaxBytes ? run.Span : Math.Min(run.Span, RecordHeader.SizeBytes + (EventSlot.WordBytes * run.Count));
        if (_bytes.Length < wanted) _bytes = new byte[wanted];
        _length = 0;
        if (log.SeedOf(run.Segment) is not { } seed || !TryRead(log, run, wanted)) return false;
        (_run, _seed, _length, _at, _index, _before) = (run, seed, wanted, 0, run.First, 0);
        return true;
    }

    private bool TryRead(SegmentLog log, in EventRun run, int wanted)
    {
        try
        {
            return log.Read(new RecordLocation(run.Segment, run.Offset, wanted), 0, _bytes.AsSpan(0, wanted)) == wanted;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.Io)
        {
            return false;
        }
    }
}
