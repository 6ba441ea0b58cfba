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

    /// <summary>Where the next event is, and what is before it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="run">The run.</param>
    /// <param name="sequence">An event of it.</param>
    /// <param name="bytesBefore">Receives the payload bytes of the run's events before that one.</param>
    /// <param name="writtenAtMs">Receives when it was written.</param>
    /// <param name="length">Receives its length.</param>
    /// <returns>False where that cannot be read.</returns>
    public bool TrySeek(SegmentLog log, in EventRun run, ulong sequence, out long bytesBefore, out long writtenAtMs, out int length)
    {
        bytesBefore = writtenAtMs = length = 0;
        bool isHere = _length > 0 && run.IsAt(_run) && run.First == _run.First && sequence >= _index && sequence < _run.End;
        if (!isHere && !Load(log, run)) return false;
        while (EventRecord.TryRead(_bytes.AsSpan(_at, _length - _at), RecordHeader.PlaceSeed(_seed, _run.Offset + _at), out EventRecord record))
        {
            if (record.Slot.First > _index) break;
            ulong until = Math.Min(sequence, record.Slot.End);
            if (record.Slot.TableBytes == 0)
            {
                _before += (long)(until - _index) * (record.Header.PayloadLength / record.Slot.Count);
                _index = until;
            }
            for (; _index < until; _index++) _before += record[(int)(_index - record.Slot.First)].Length;
            if (sequence < record.Slot.End)
            {
                (bytesBefore, writtenAtMs, length) = (_before, record.Header.WrittenAtMs, record[(int)(sequence - record.Slot.First)].Length);
                return true;
            }
            _at += record.Stride;
            if (_at >= _length) break;
        }
        _length = 0;
        return false;
    }

    /// <summary>Forgets what was read.</summary>
    public void Forget() => (_bytes, _length) = ([], 0);

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
