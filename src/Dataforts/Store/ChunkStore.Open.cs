using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Events;
using Dataforts.Store.Indexing;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private const string LogFolder = "log";
    private const int SnapshotAttempts = 5;

    private ChunkStore(
        StoreOptions options, StoreHeader header, Checkpoint checkpoint, IEnumerable<LogDamage> damages, WriterLock? writerLock,
        CancellationToken cancellationToken)
    {
        _options = options;
        _header = header;
        _opened = checkpoint;
        _lock = writerLock;
        _damages.AddRange(damages);
        _index = new ChunkCatalog(options.IndexMemoryBytes, options.IndexCacheBytes, KeySeed.Secret());
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(options.Path));
        _readerList = new ReaderList(Path);
        Events = new EventLog(this, options.ChannelIdOf);
        // Replay discards what later records replace, which the log is told of: so it is there before it is read.
        _log = new SegmentLog(new SegmentLogOptions
        {
            Folder = System.IO.Path.Combine(Path, LogFolder),
            StoreId = header.StoreId,
            Checkpoint = checkpoint,
            Writable = options.Writable,
            SegmentBytes = header.SegmentBytes,
            Time = options.Time,
            Device = options.Device,
            MaxOpenFiles = options.MaxOpenFiles,
            MinHintedBytes = options.MinHintedBytes,
            MaxRefusals = options.MaxRefusals,
            RefusalWindow = StoreLimits.RefusalWindow,
        });
        try
        {
            _log.Open(Replay, cancellationToken);
            ReplayRemovals(cancellationToken);
            Events.Settle(cancellationToken);
            _log.Settled();
        }
        catch
        {
            _log.Dispose();
            throw;
        }
        _damages.AddRange(_log.Damages);
        _garbageBytes += _log.ShadowedBytes;
    }

    /// <summary>Opens a store, or makes one.</summary>
    /// <exception cref="DatafortsException">StoreNotFound; StoreInUse (after <see cref="StoreOptions.LockTimeout"/>); StoreDamaged or
    /// UnsupportedVersion, naming the file; ReadOnly, NoSpace or Io.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ChunkStore> OpenAsync(StoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return options.Writable
                ? await OpenWriterAsync(options, cancellationToken).ConfigureAwait(false)
                : await Task.Run(() => OpenReader(options, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the store at {options.Path} cannot be opened");
        }
    }

    private static async Task<ChunkStore> OpenWriterAsync(StoreOptions options, CancellationToken cancellationToken)
    {
        if (options.CreateIfMissing) ThrowIfHeaderIsLost(options.Path);
        else ThrowIfMissing(options.Path);
        options.Device.MakeFolder(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(options.Path)));
        WriterLock claim = await WriterLock.AcquireAsync(options.Path, options.LockTimeout, options.Time, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => OpenLocked(options, claim, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    private static ChunkStore OpenLocked(StoreOptions options, WriterLock claim, CancellationToken cancellationToken)
    {
        if (!StoreHeader.Exists(options.Path))
        {
            ThrowIfHeaderIsLost(options.Path);
            Create(options);
        }
        StoreHeader header = StoreHeader.Load(options.Device, options.Path);
        Checkpoint checkpoint = Checkpoint.Load(options.Device, options.Path, header.StoreId);
        var store = new ChunkStore(options, header, checkpoint, [], claim, cancellationToken);
        try
        {
            ReaderFolder.Make(options.Path);
            store.NoteProgress();
            if (store._log.BeginBehindMissing()) store.NoteProgress();
            store.Events.BeginWriting();
            store._log.Flushed = store.NoteProgressNowAndThen;
            store._log.Rewritten = store.Relocate;
            store._log.Hinted = store.PageOutUpTo;
            StoreNotice.Remove(options.Device, store.Path);
            store._log.BecameReadOnly = why => StoreNotice.TrySave(options.Device, store.Path, header.StoreId, why, store.NowMs());
            return store;
        }
        catch
        {
            store._log.Dispose();
            throw;
        }
    }

    // The header comes last: a store is there when its header is, and is whole then.
    private static void Create(StoreOptions options)
    {
        var header = new StoreHeader(Guid.NewGuid(), options.Time.GetUtcNow().ToUnixTimeMilliseconds(), options.Profile, options.SegmentBytes);
        string folder = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(options.Path));
        options.Device.CreateFolder(System.IO.Path.Combine(folder, LogFolder));
        Checkpoint.Empty(header.StoreId).Save(options.Device, options.Path, header.CreatedAtMs);
        header.Save(options.Device, options.Path);
        if (Directory.GetParent(folder) is { } parent) options.Device.FlushFolder(parent.FullName);
    }

    private static ChunkStore OpenReader(StoreOptions options, CancellationToken cancellationToken)
    {
        ThrowIfMissing(options.Path);
        StoreHeader header = StoreHeader.Load(options.Device, options.Path);
        string? gone = null;
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (Checkpoint before, List<LogDamage> damages) = LoadCheckpoint(options.Device, options.Path, header.StoreId);
            // Where writers come and go faster than the files can be read, they are read as those of a store that is being written.
            if (attempt >= SnapshotAttempts) before = before with { Clean = false };
            ChunkStore store;
            try
            {
                store = new ChunkStore(options, header, before, damages, null, cancellationToken);
            }
            catch (FileNotFoundException error) when (error.FileName != gone)
            {
                // Compacted away between its being listed and its being read. No segment goes twice, so this comes to an end.
                gone = error.FileName;
                continue;
            }
            Checkpoint after = LoadCheckpoint(options.Device, options.Path, header.StoreId).Checkpoint;
            if ((after.Generation == before.Generation || attempt >= SnapshotAttempts) && after.ListsAll(before)) return store;
            // A writer opened, closed or compacted the store while it was read: what was taken for the state of the files was not.
            store._log.Dispose();
        }
    }

    private static (Checkpoint Checkpoint, List<LogDamage> Damages) LoadCheckpoint(StorageDevice device, string folder, Guid storeId)
    {
        try
        {
            return (Checkpoint.Load(device, folder, storeId), []);
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            string path = System.IO.Path.Combine(folder, Checkpoint.FileName);
            return (new Checkpoint(storeId, 0, false, null, default, []), [new LogDamage(path, 0, 0, error.Message)]);
        }
    }

    private static void ThrowIfMissing(string path)
    {
        ThrowIfHeaderIsLost(path);
        if (!StoreHeader.Exists(path)) throw new DatafortsException(ErrorKind.StoreNotFound, $"there is no store at {path}");
    }

    // Without its header a store cannot be read, but what lies there is not to be taken for an empty folder either.
    private static void ThrowIfHeaderIsLost(string path)
    {
        if (!StoreHeader.Exists(path) && SegmentFile.List(System.IO.Path.Combine(path, LogFolder)).Count > 0)
            throw FileHeader.Damaged(System.IO.Path.Combine(path, StoreHeader.FileName), 0, "the file is missing, although segments are there");
    }

    private void Replay(LogRecord record)
    {
        if (record.Kind == RecordKind.Chunk)
        {
            if (record.Location.Segment != _replaying) PageOutUpTo(_replaying = record.Location.Segment);
            AddToIndex(record.Hash, record.Location);
        }
        else if (record.Kind == RecordKind.Removal) _removals.Add(record);
        else if (record.Kind == RecordKind.Copy) AddCopy(record.Hash, record.Location);
        else if (record.Kind is RecordKind.Events or RecordKind.Channel) Events.Replay(record);
        else if (record.Kind is RecordKind.Name or RecordKind.Pin or RecordKind.ContentHash or RecordKind.Lease) _rootRecords.Add(record);
    }

    private static bool IsBefore(RecordLocation one, RecordLocation other) =>
        one.Segment < other.Segment || (one.Segment == other.Segment && one.Offset < other.Offset);

    // When all chunks are known: a removal counts for what lies before it in the log.
    private void ReplayRemovals(CancellationToken cancellationToken)
    {
        foreach (LogRecord record in _removals)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryReadRemoval(record, out BlobHash[]? hashes))
            {
                // Chunks that were removed are there again until they are removed once more, which harms nobody.
                string path = _log.PathOf(record.Location);
                // A reader may be told of a segment whose file the writer compacts away meanwhile: that is no damage.
                if (!_options.Writable && !File.Exists(path)) continue;
                _damages.Add(new LogDamage(path, record.Location.Offset, record.Location.Length, "the record of removals here is damaged"));
                continue;
            }
            foreach (BlobHash hash in hashes)
            {
                if (TryLocate(hash, out RecordLocation at) && IsBefore(at, record.Location)) RemoveFromIndex(hash);
                DropCopies(hash, record.Location);
            }
        }
        _removals.Clear();
    }

    // A reader's segments can be compacted away under it. It then looks at the store as it is now, chunks and names together.
    private void Refresh(SegmentLog stale)
    {
        lock (_rootsGate)
        {
            if (_log != stale) return;
            ChunkStore fresh = OpenReader(_options, CancellationToken.None);
            _index = fresh._index;
            lock (_copiesGate) _copies = fresh._copies;
            _rootRecords = fresh._rootRecords;
            _chunks = fresh._chunks;
            _liveBytes = fresh._liveBytes;
            _garbageBytes = fresh._garbageBytes;
            // What is known of the names is of the moment before.
            _roots?.Dispose();
            _roots = null;
            _rootsAreShared = false;
            // Reads of the stale log may be under way; its files close when the last of them is done with it.
            _log = fresh._log;
            Events.TakeFrom(fresh.Events);
            _isHalfRead = false;
        }
    }
}
