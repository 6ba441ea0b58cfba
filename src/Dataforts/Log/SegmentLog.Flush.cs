namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly Lock _flushGate = new();
    private Task? _flush;
    private ulong _flushedSequence;
    private bool _folderIsSynced = true;

    /// <summary>Called, off the callers' threads, when a flush has come through.</summary>
    public Action? Flushed { get; set; }

    /// <summary>Returns when all that was appended before the call is on stable storage. Callers that come while a flush runs share the next one.</summary>
    /// <exception cref="DatafortsException">Io, NoSpace or ReadOnly, naming the bytes: the device refused them, so they are not on stable storage. What the
    /// system
    /// still holds of such bytes is unknown, so the flush is not tried again: the segment is sealed, and its unflushed records are written
    /// anew to another one. WriterFailed: that failed as well, and the log takes nothing more.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        ulong wanted;
        lock (_appendGate) wanted = _sequence;
        while (true)
        {
            Task running;
            lock (_flushGate)
            {
                if (_flush is null && _flushedSequence >= wanted && IsSynced()) return;
                running = _flush ??= Task.Run(Flush, CancellationToken.None);
            }
            await running.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_flushGate)
            {
                if (_flushedSequence >= wanted) return;
            }
        }
    }

    private bool IsSynced()
    {
        lock (_appendGate) return _folderIsSynced && _order.TrueForAll(IsSynced);
    }

    private static bool IsSynced(SegmentFile segment) => segment.Abandoned || (segment.SyncedLength >= segment.Length && !segment.WasCutBack);

    private void Flush()
    {
        try
        {
            FlushDirty();
            DatafortsMeter.Flushes.Add(1);
            Flushed?.Invoke();
        }
        finally
        {
            lock (_flushGate) _flush = null;
        }
    }

    private void FlushDirty()
    {
        List<(SegmentFile Segment, long Length)> dirty = [];
        ulong reached;
        bool folder;
        lock (_appendGate)
        {
            ThrowIfFailed();
            reached = _sequence;
            folder = !_folderIsSynced;
            foreach (SegmentFile segment in _order)
            {
                if (IsSynced(segment)) continue;
                dirty.Add((segment, segment.Length));
                segment.WasCutBack = false;
            }
        }
        long start = _options.Time.GetTimestamp();
        foreach ((SegmentFile segment, _) in dirty) FlushOne(segment);
        if (folder) FlushFolder();
        lock (_appendGate)
        {
            foreach ((SegmentFile segment, long length) in dirty)
            {
                segment.SyncedLength = Math.Max(segment.SyncedLength, length);
                if (IsSynced(segment)) segment.LetGo();
            }
            if (dirty.Count > 0)
            {
                if (folder && dirty[^1].Segment == _order[^1]) _folderIsSynced = true;
                _mark = new FlushMark(dirty[^1].Segment.Id, dirty[^1].Length);
            }
        }
        lock (_flushGate) _flushedSequence = reached;
        DatafortsMeter.FlushDuration.Record(_options.Time.GetElapsedTime(start).TotalSeconds);
    }

    private void FlushOne(SegmentFile segment)
    {
        try
        {
            segment.FlushData();
        }
        catch (IOException error)
        {
            throw GiveUpTail(segment, error);
        }
    }

    private void FlushFolder()
    {
        try
        {
            _options.Device.FlushFolder(_options.Folder);
        }
        catch (IOException error)
        {
            lock (_appendGate) Fail($"the folder {_options.Folder} cannot be flushed", error);
            ThrowIfFailed();
        }
    }
}
