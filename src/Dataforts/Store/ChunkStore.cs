using System.Collections.Concurrent;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Store;

/// <summary>Chunks under their hashes, and the names and pins that keep blobs, in one folder on disk.</summary>
/// <remarks>
/// <para>Thread-safe; make one per folder and process and dispose it. One process at a time writes; any number read beside it, each
/// seeing the store as it was when it opened it, or last looked for events.</para>
/// <para>Put-if-absent: a chunk is stored once however often and from wherever it is put. Asking for an unknown hash touches no file.</para>
/// </remarks>
public sealed partial class ChunkStore : IChunkSource, IChunkSink, IAsyncDisposable
{
    private static readonly TimeSpan NoteEvery = TimeSpan.FromSeconds(1);

    private readonly StoreOptions _options;
    private readonly StoreHeader _header;
    private readonly Checkpoint _opened;
    private readonly WriterLock? _lock;
    private volatile ChunkCatalog _index;
    private volatile SegmentLog _log;
    private readonly List<LogDamage> _damages = [];
    private readonly ConcurrentDictionary<BlobHash, byte> _rotten = new();
    private readonly Lock _checkpointGate = new();
    private long _notedAt;
    private bool _isClosed;
    private long _chunks;
    private long _liveBytes;
    private long _garbageBytes;
    private bool _disposed;

    /// <summary>Whether this instance may write.</summary>
    public bool IsWritable => _options.Writable;

    /// <summary>True: what a chunk needs is on this machine, so chunks are put and fetched many to a task.</summary>
    public bool IsImmediate => true;

    /// <summary>The store's folder, absolute.</summary>
    public string Path { get; }

    /// <summary>How the store cuts what it is given when the caller does not say.</summary>
    public ChunkingProfile Profile => _header.Profile;

    /// <summary>The clock the store runs on.</summary>
    public TimeProvider Time => _options.Time;

    /// <summary>Where the store's files are.</summary>
    internal StorageDevice Device => _options.Device;

    /// <summary>Counts and sizes, as of now.</summary>
    public StoreInfo Info => new(Path, _header.StoreId, DateTimeOffset.FromUnixTimeMilliseconds(_header.CreatedAtMs), Profile,
        Interlocked.Read(ref _chunks), Interlocked.Read(ref _liveBytes), Interlocked.Read(ref _garbageBytes), _log.DiskBytes, _log.SegmentCount)
    {
        GivenUp = DescribeGivenUp(),
        Channels = Events.ChannelCount,
        Events = Events.Count(),
        EventBytes = Events.Bytes(),
    };

    /// <summary>What recovery gave up although it was whole, one line each: names behind a hole that a loss of power left, which may speak of chunks
    /// that went with it. Empty unless power was lost since the store was last closed.</summary>
    public IReadOnlyList<string> DescribeGivenUp() =>
        [.. _log.GivenUp.Select(loss => $"{loss.Path}, byte {loss.Offset}, {loss.LengthBytes} bytes: {loss.What}")];

    /// <summary>What the device has refused to flush since the store was opened, one line each, with what became of it.</summary>
    public IReadOnlyList<string> DescribeRefusals() => _log.Refusals;

    /// <summary>Whether the store has a chunk. No file is touched, unless the chunk's place is on disk
    /// (<see cref="StoreOptions.IndexMemoryBytes"/>) and it is there.</summary>
    public bool Contains(in BlobHash hash) => TryLocate(hash, out _) || CopyPlacesOf(hash).Length > 0;

    /// <summary>Says of many chunks whether the store has each; several times as fast as asking one by one. Files as for one.</summary>
    /// <param name="hashes">The chunks.</param>
    /// <param name="present">Gets the answers, in their order; at least as long.</param>
    /// <returns>How many are there.</returns>
    public int Contains(ReadOnlySpan<BlobHash> hashes, Span<bool> present)
    {
        while (true)
        {
            try
            {
                return _index.Contains(hashes, present);
            }
            catch (HintException error) when (Repair(error))
            {
                // Asked again, of a hint file made anew.
            }
        }
    }

    /// <summary>The bytes of a stored chunk; null when it is not there. Files as for <see cref="Contains(in BlobHash)"/>.</summary>
    public int? LengthOf(in BlobHash hash)
    {
        if (TryLocate(hash, out RecordLocation location)) return location.Length;
        return CopyPlacesOf(hash) is [RecordLocation copy, ..] ? copy.Length : null;
    }

    /// <summary>Every chunk's hash and bytes, in no particular order. Chunks put meanwhile may or may not appear.</summary>
    public IEnumerable<KeyValuePair<BlobHash, int>> Enumerate()
    {
        foreach ((BlobHash hash, RecordLocation location) in _index.Enumerate()) yield return new(hash, location.Length);
    }

    /// <summary>Reads a chunk and verifies it.</summary>
    /// <returns>The bytes, owned by the caller; null when the store does not have the chunk.</returns>
    /// <exception cref="IntegrityException">ChunkCorrupt or ChunkLength: what lies there is not the chunk.</exception>
    /// <exception cref="DatafortsException">Io: it cannot be read.</exception>
    public ChunkBuffer? Read(in BlobHash hash)
    {
        try
        {
            if (ReadOwn(hash) is { } buffer) return buffer;
        }
        catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.Io)
        {
            if (ReadCopy(hash, StoreLimits.MaxChunkBytes) is { } copy) return copy;
            throw;
        }
        return ReadCopy(hash, StoreLimits.MaxChunkBytes);
    }

    /// <summary>As <see cref="Read"/>, but no copy makes up for a chunk that is wrong.</summary>
    internal ChunkBuffer? ReadOwn(in BlobHash hash)
    {
        ChunkBuffer? buffer = ReadAsFound(hash, StoreLimits.MaxChunkBytes);
        if (buffer is null) return null;
        try
        {
            ChunkVerifier.Verify(hash, buffer.Memory);
            return buffer;
        }
        catch (IntegrityException)
        {
            buffer.Dispose();
            _rotten.TryAdd(hash, 0);
            throw;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(ReadAsFound(hash, maxBytes));
    }

    /// <summary>Returns when everything put, named or pinned before the call is on stable storage. Concurrent callers share a flush.</summary>
    /// <exception cref="DatafortsException">Io, NoSpace or ReadOnly: the device refused, and what it was to flush has been written anew; the next
    /// flush is about that. WriterFailed: it could not be written anew, or not all of it; the store takes no more writes until it is opened again.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _log.FlushAsync(cancellationToken);
    }

    /// <summary>Closes the store in order and lets another process write. What is <see cref="Durability.Buffered"/> stays so.</summary>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly or Io: the store is closed, but not in order; whoever opens it next to write
    /// looks through what was written last.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        // A checkpoint that says all is in order must not list a segment that a compaction still under way then removes.
        await _closing.CancelAsync().ConfigureAwait(false);
        await _compacting.WaitAsync().ConfigureAwait(false);
        try
        {
            await _log.StopAsync().ConfigureAwait(false);
            if (IsWritable && _log.ReadOnlyReason is null) await CloseInOrderAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the store at {Path} cannot be closed in order; nothing in it is lost");
        }
        finally
        {
            _roots?.Dispose();
            _readerList.Dispose();
            _log.Dispose();
            _compacting.Dispose();
            _closing.Dispose();
            _lock?.Dispose();
        }
    }

    private async Task CloseInOrderAsync()
    {
        // Where the system cannot tell one boot from the next, an orderly close has to leave nothing in its cache.
        if (StableStorage.BootId() is null) await _log.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        Events.SaveTrims();
        _log.WriteHints();
        lock (_checkpointGate)
        {
            _log.ToCheckpoint(_opened.Generation + 2, clean: true, CloseRoots()).Save(_options.Device, Path, NowMs());
            _isClosed = true;
        }
    }

    private void NoteProgress()
    {
        lock (_checkpointGate)
        {
            if (_isClosed) return;
            _log.ToCheckpoint(_opened.Generation + 1, clean: false, default).Save(_options.Device, Path, NowMs());
            _notedAt = Time.GetTimestamp();
        }
    }

    // What is noted as flushed is what recovery after a loss of power takes for damaged, not for torn, when it cannot be read.
    private void NoteProgressNowAndThen()
    {
        if (Time.GetElapsedTime(Volatile.Read(ref _notedAt)) < NoteEvery) return;
        try
        {
            NoteProgress();
        }
        catch (IOException)
        {
            // The older note still holds, and what was flushed is flushed.
        }
        catch (UnauthorizedAccessException)
        {
            // The same: a flush that came through must not be told as one that failed.
        }
    }

    private ChunkBuffer? ReadAsFound(in BlobHash hash, int maxBytes)
    {
        RecordLocation before = default;
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SegmentLog log = _log;
            if (!TryLocate(hash, out RecordLocation location)) return null;
            if (location.Length > maxBytes) throw IntegrityException.Length(hash, maxBytes, location.Length);
            ChunkBuffer buffer = ChunkBuffer.Rent(location.Length);
            try
            {
                int read = log.Read(location, 0, buffer.Writable.Span);
                if (read == location.Length)
                {
                    DatafortsMeter.BytesRead.Add(read);
                    return buffer;
                }
                // A segment that went, or was cut back, between the two looks: what counts of it lies elsewhere by now.
                if (location == before || !FindAgain(log)) throw IntegrityException.Length(hash, location.Length, Math.Max(0, read));
                buffer.Dispose();
                before = location;
            }
            catch
            {
                buffer.Dispose();
                throw;
            }
        }
    }

    // A writer's own index knows where a chunk went; a reader looks at the store as it is now.
    private bool FindAgain(SegmentLog log)
    {
        if (IsWritable) return true;
        if (!log.SegmentsHaveChanged()) return false;
        Refresh(log);
        return true;
    }

    private long NowMs() => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
