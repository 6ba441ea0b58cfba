namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly List<DateTimeOffset> _refusedAt = [];
    private string? _closedBecause;
    private bool _isToldReadOnly;

    /// <summary>Why the log takes no more appends, though nothing has ended its writing for good: the device has refused too many writes or flushes.
    /// Null when it takes them. What was appended before can still be flushed.</summary>
    public string? ReadOnlyReason => Volatile.Read(ref _closedBecause) ?? Volatile.Read(ref _failure)?.Message;

    /// <summary>Called once, when the log begins to take no more.</summary>
    public Action<string>? BecameReadOnly { get; set; }

    /// <summary>Bytes set aside for the segment that is written to, beyond what it holds.</summary>
    public long PreallocatedBytes
    {
        get { lock (_appendGate) return _order.Count == 0 ? 0 : Math.Max(0, _order[^1].PreallocatedEnd - _order[^1].Length); }
    }

    private void ThrowIfReadOnly()
    {
        if (_closedBecause is { } why) throw new DatafortsException(ErrorKind.ReadOnly, why);
    }

    // The copies that a failed flush writes are its own business; what becomes of that is told here as one refusal.
    private void NoteRefusal(DatafortsException error)
    {
        if (!RefusalPolicy.Counts(error.Kind) || !_options.Writable) return;
        string why;
        lock (_appendGate)
        {
            if (_isToldReadOnly) return;
            DateTimeOffset now = _options.Time.GetUtcNow();
            _refusedAt.RemoveAll(at => now - at > _options.RefusalWindow);
            _refusedAt.Add(now);
            if (_failure is { } failure) why = failure.Message;
            else if (!RefusalPolicy.IsFailing(_refusedAt, now, _options.MaxRefusals, _options.RefusalWindow)) return;
            else
            {
                why = $"the device has refused {_refusedAt.Count} writes or flushes within {_options.RefusalWindow.TotalMinutes} minutes, so the store "
                    + $"whose log is in {_options.Folder} is only read until it is opened again; the last: {error.Message}";
                Volatile.Write(ref _closedBecause, why);
            }
            _isToldReadOnly = true;
        }
        BecameReadOnly?.Invoke(why);
    }
}
