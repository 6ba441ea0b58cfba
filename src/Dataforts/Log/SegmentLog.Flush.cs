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
    /// <exception cref="DatafortsException">WriterFailed: the device refused. What the system still holds of it is unknown, so the flush
    /// is not tried again and the log takes nothing more.</exception>
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
        lock (_appendGate) return _folderIsSynced && _order.TrueForAll(s => s.SyncedLength >= s.Length);
    }

    private void Flush()
    {
        try
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
                    if (segment.SyncedLength < segment.Length) dirty.Add((segment, segment.Length));
                }
            }
            long start = _options.Time.GetTimestamp();
            foreach ((SegmentFile segment, _) in dirty) StableStorage.FlushData(segment.Handle, segment.Path);
            if (folder) StableStorage.FlushFolder(_options.Folder);
            lock (_appendGate)
            {
                foreach ((SegmentFile segment, long length) in dirty) segment.SyncedLength = Math.Max(segment.SyncedLength, length);
                if (folder && dirty.Count > 0 && dirty[^1].Segment == _order[^1]) _folderIsSynced = true;
            }
            lock (_flushGate) _flushedSequence = reached;
            DatafortsMeter.Flushes.Add(1);
            DatafortsMeter.FlushDuration.Record(_options.Time.GetElapsedTime(start).TotalSeconds);
            Flushed?.Invoke();
        }
        catch (IOException error)
        {
            lock (_appendGate) Fail("a flush to the device failed", error);
            ThrowIfFailed();
        }
        finally
        {
            lock (_flushGate) _flush = null;
        }
    }
}
