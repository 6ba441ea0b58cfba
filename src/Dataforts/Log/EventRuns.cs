namespace Dataforts.Log;

/// <summary>Lists records, those of events that lie one behind the other as one: a segment may hold millions of them.</summary>
internal sealed class EventRuns
{
    /// <summary>Where a run ends: 4 KiB. To read one event, at most so much is read; without runs each would take its own place in every index.</summary>
    public const int MaxBytes = 4096;

    private readonly List<LogRecord> _records = [];
    private LogRecord _run;
    private EventSlot _slot;
    private bool _hasRun;

    /// <summary>Adds the next record of a segment.</summary>
    public void Add(LogRecord record)
    {
        if (record.Kind != RecordKind.Events)
        {
            End();
            _records.Add(record);
            return;
        }
        var slot = EventSlot.Of(record.Hash);
        if (_hasRun && Joins(record, slot))
        {
            Extend(record, slot);
            return;
        }
        End();
        _run = record;
        _slot = !slot.IsSound(record.Location.Length) ? slot : slot with
        {
            Flags = (slot.Flags & EventFlags.Refs) | EventFlags.Run,
            Check = (ulong)slot.EventBytes(record.Location.Length),
        };
        _hasRun = true;
    }

    /// <summary>All that was added.</summary>
    public List<LogRecord> ToList()
    {
        End();
        return _records;
    }

    private bool Joins(LogRecord record, EventSlot slot) =>
        _slot.IsRun && slot.IsSound(record.Location.Length) && !slot.IsRun
        && slot.Channel == _slot.Channel && slot.First == _slot.End && slot.Epoch == _slot.Epoch
        && record.Start == _run.End && record.End - _run.Start <= MaxBytes && _slot.Count + slot.Count <= EventSlot.MaxCount;

    private void Extend(LogRecord record, EventSlot slot)
    {
        _slot = _slot with
        {
            Count = _slot.Count + slot.Count,
            Flags = _slot.Flags | (slot.Flags & EventFlags.Refs),
            Check = _slot.Check + (ulong)slot.EventBytes(record.Location.Length),
        };
        _run = _run with { Sequence = record.Sequence, Location = _run.Location with { Length = (int)(record.End - _run.Location.Offset) } };
    }

    private void End()
    {
        if (!_hasRun) return;
        _records.Add(_run with { Hash = _slot.ToHash() });
        _hasRun = false;
    }
}
