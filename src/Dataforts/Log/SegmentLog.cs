using System.Collections.Concurrent;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>An append-only log in segment files: records go in at the end, are read by place, and are replayed when it is opened.</summary>
/// <remarks>Thread-safe. Appends take turns; reads take no lock. Byte tables: docs/FORMAT.md, "The store on disk".</remarks>
internal sealed partial class SegmentLog : IDisposable
{
    private readonly SegmentLogOptions _options;
    private readonly OpenFiles _open;
    private readonly ConcurrentDictionary<uint, SegmentFile> _segments = new();
    private readonly List<SegmentFile> _order = [];
    private readonly List<LogDamage> _damages = [];
    private ulong _sequence;
    private bool _isOpen;
    private ulong _lastId;

    /// <summary>Makes a log that is yet to be opened.</summary>
    public SegmentLog(SegmentLogOptions options)
    {
        _options = options;
        _open = new OpenFiles(options.MaxOpenFiles);
    }

    /// <summary>What the scan found broken in files that should be whole.</summary>
    public IReadOnlyList<LogDamage> Damages => _damages;

    /// <summary>Whether records, or what may have been some, were given up when the log was opened: what was derived from it may know more.</summary>
    public bool HasLostRecords { get; private set; }

    /// <summary>Records that were whole and were given up all the same, because what they speak of may be gone.</summary>
    public IReadOnlyList<LogDamage> GivenUp => _givenUp;

    /// <summary>Segment files there are.</summary>
    public int SegmentCount
    {
        get { lock (_appendGate) return _order.Count; }
    }

    /// <summary>Bytes in the segment files.</summary>
    public long DiskBytes
    {
        get { lock (_appendGate) return _order.Sum(segment => segment.Length); }
    }

    /// <summary>Opens the log and gives every record that says something to <paramref name="replay"/>, oldest first.
    /// Of a segment with a hint file the chunks come first, in no order. A writer mends what a crash left (<see cref="Recover"/>); a reader
    /// changes nothing.</summary>
    public void Open(Action<LogRecord> replay, CancellationToken cancellationToken) => Recover(replay, cancellationToken);

    /// <summary>Says that all that was found in the log is accounted for: what is released from here on becomes garbage now.</summary>
    public void Settled() => _isOpen = true;

    /// <summary>Whether there are other segments now than when the log was opened: another process has written, or compacted.</summary>
    public bool SegmentsHaveChanged() => !SegmentFile.List(_options.Folder).SequenceEqual(_seen);

    /// <summary>Whether the newest segment's file has grown since the log was opened: another process has written.</summary>
    public bool HasGrown()
    {
        SegmentFile? last;
        lock (_appendGate) last = _order.Count > 0 ? _order[^1] : null;
        return last is not null && new FileInfo(last.Path) is { Exists: true } file && file.Length > last.SeenLength;
    }

    /// <summary>Reads a payload, or the part of it that begins at <paramref name="start"/>, as it lies there. The caller checks it.</summary>
    /// <returns>The bytes read: fewer than asked for where the file ends early, -1 where there is no such segment any more.</returns>
    public int Read(RecordLocation location, int start, Span<byte> destination)
    {
        if (!_segments.TryGetValue(location.Segment, out SegmentFile? segment)) return -1;
        try
        {
            return segment.Read(destination, (long)location.Offset + start);
        }
        catch (Exception error) when (error is FileNotFoundException or ObjectDisposedException)
        {
            // Compacted away, by another process or this one.
            return -1;
        }
        catch (IOException error)
        {
            throw DatafortsException.From(error, $"{segment.Path} cannot be read at byte {location.Offset}");
        }
    }

    /// <summary>Whether the bytes between this payload and the next record are zero, as they should be.</summary>
    public bool PaddingIsZero(RecordLocation location)
    {
        Span<byte> padding = stackalloc byte[(int)(RecordHeader.PaddedLength(location.Length) - location.Length)];
        return Read(location, location.Length, padding) == padding.Length && !padding.ContainsAnyExcept((byte)0);
    }

    /// <summary>The path of the segment that holds <paramref name="location"/>, for messages.</summary>
    public string PathOf(RecordLocation location) => SegmentFile.PathOf(_options.Folder, location.Segment);

    /// <summary>Asks the system to forget its cached copy of the log, so that what is read next comes from the device.</summary>
    public void DropCache()
    {
        lock (_appendGate)
        {
            foreach (SegmentFile segment in _order.Where(segment => File.Exists(segment.Path))) segment.DropCache();
        }
    }

    /// <summary>What to write down when the log is opened for writing, or closed in order; closed, it takes no more.</summary>
    public Checkpoint ToCheckpoint(ulong generation, bool clean, BlobHash indexHash)
    {
        lock (_appendGate)
        {
            _isClosed |= clean;
            if (clean && _order.Count > 0) Trim(_order[^1]);
            // What was found damaged or missing stays so until a rebuild accepts the loss: the next writer's close does not cover it up.
            var segments = _order.ConvertAll(s => s.Damaged
                ? new Checkpoint.Segment(s.Id, s.ClosedLength, Math.Max(s.ClosedLength, s.Length))
                : new Checkpoint.Segment(s.Id, s.Length, s.SyncedLength));
            segments.AddRange(_absent);
            return new Checkpoint(_options.StoreId, generation, clean, StableStorage.BootId(), indexHash, segments);
        }
    }

    /// <summary>Closes the files. Nothing is flushed: what was acknowledged as durable is on the device already.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        lock (_appendGate) _order.ForEach(segment => segment.Dispose());
        foreach (RestingFile hint in _hints.Values) hint.Dispose();
        _closing.Dispose();
    }

    private long NowMs() => _options.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
