using System.Diagnostics.CodeAnalysis;
using Dataforts.Content;
using Dataforts.Log;
using Microsoft.Data.Sqlite;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private const int PageSize = 1000;

    private List<LogRecord> _rootRecords = [];
    private readonly Lock _rootsGate = new();
    private RootIndex? _roots;
    private bool _rootsAreShared;
    private bool _rootsChanged;

    /// <summary>What a name stands for; null when there is no such name, or it has expired.</summary>
    /// <exception cref="ArgumentException">Not a name (<see cref="BlobName"/>).</exception>
    public NameEntry? FindName(string name)
    {
        BlobName.ThrowIfInvalid(name);
        NameEntry? entry = Query(index => index.FindName(name));
        return entry is not null && IsCurrent(entry) ? entry : null;
    }

    /// <summary>Names in the order of their UTF-8 bytes, expired ones left out. Read in pages, so a name set meanwhile may appear.</summary>
    /// <param name="prefix">Only names that begin so.</param>
    /// <param name="after">Only names behind this one: the last of the page before.</param>
    public IEnumerable<NameEntry> ListNames(string prefix = "", string? after = null)
    {
        while (true)
        {
            string? from = after;
            List<NameEntry> page = Query(index => index.ListNames(prefix, from, PageSize));
            foreach (NameEntry entry in page)
            {
                if (IsCurrent(entry)) yield return entry;
            }
            if (page.Count < PageSize) yield break;
            after = page[^1].Name;
        }
    }

    /// <summary>Lets a name stand for a blob, replacing what it stood for. <see cref="Durability.Buffered"/> on return; in the log it
    /// follows everything put before, so it is never on stable storage without that.</summary>
    /// <param name="name">See <see cref="BlobName"/>.</param>
    /// <param name="blob">What it is to stand for; that it is there is not asked.</param>
    /// <param name="expiresAt">When the name ceases to be; null for never.</param>
    /// <param name="ifAbsent">Refuse when the name exists.</param>
    /// <param name="reach">How far it keeps; null for as far as any other root of this ref says.</param>
    /// <exception cref="ArgumentException">Not a name.</exception>
    /// <exception cref="DatafortsException">Exists; or as <see cref="Put(VerifiedChunk)"/>.</exception>
    public void SetName(string name, BlobRef blob, DateTimeOffset? expiresAt = null, bool ifAbsent = false, RootReach? reach = null)
    {
        BlobName.ThrowIfInvalid(name);
        ArgumentNullException.ThrowIfNull(blob);
        lock (_rootsGate)
        {
            NameEntry? before = Query(index => index.FindName(name));
            if (ifAbsent && before is not null && IsCurrent(before)) throw new DatafortsException(ErrorKind.Exists, $"the name \"{name}\" exists");
            RootRecord record = RootRecord.SetName(name, blob, ReachOf(blob, reach), Time.GetUtcNow(), expiresAt);
            // The lease comes first: killed in between, the store keeps too much, not too little.
            if (before is not null && (before.Ref != blob || before.Reach > record.Reach)) GiveTime(before.Ref, before.Reach, EndOf(before));
            Commit(record);
        }
    }

    /// <summary>Removes a name. What it stood for stays for the grace period, and until it is collected.</summary>
    /// <returns>Whether there was one.</returns>
    public bool RemoveName(string name)
    {
        BlobName.ThrowIfInvalid(name);
        lock (_rootsGate)
        {
            NameEntry? entry = Query(index => index.FindName(name));
            if (entry is null) return false;
            GiveTime(entry.Ref, entry.Reach, EndOf(entry));
            Commit(RootRecord.RemoveName(name, Time.GetUtcNow()));
            return IsCurrent(entry);
        }
    }

    /// <summary>Keeps a blob without a name; pinning twice is pinning once.</summary>
    /// <param name="blob">What to keep.</param>
    /// <param name="reach">How far; null for as far as any other root of this ref says.</param>
    public void Pin(BlobRef blob, RootReach? reach = null)
    {
        ArgumentNullException.ThrowIfNull(blob);
        lock (_rootsGate)
        {
            RootReach wanted = ReachOf(blob, reach);
            if (!(Query(index => index.FindPin(blob.Encode()))?.Reach >= wanted)) Commit(RootRecord.Pin(blob, wanted, isSet: true, Time.GetUtcNow()));
        }
    }

    /// <summary>Ends a pin. What it kept stays for the grace period, and until it is collected.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Unpin(BlobRef blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        lock (_rootsGate)
        {
            if (Query(index => index.FindPin(blob.Encode())) is not { } pin) return false;
            GiveTime(blob, pin.Reach, NowMs());
            Commit(RootRecord.Pin(blob, RootReach.Blob, isSet: false, Time.GetUtcNow()));
            return true;
        }
    }

    /// <summary>All pins, oldest first.</summary>
    public IReadOnlyList<PinEntry> ListPins() => Query(index => index.ListPins());

    /// <summary>Whether a name, a pin or an explicit reference keeps exactly this ref.</summary>
    public bool IsRooted(BlobRef blob) =>
        _rootRecords.Count > 0 && Query(index => index.IsPinned(blob) || index.IsNamed(blob, NowMs()) || index.IsLeased(blob, NowMs()));

    /// <summary>Keeps the BLAKE3 of a whole blob beside the address of its root node or encoding.</summary>
    public void RecordContentHash(in BlobHash address, in BlobHash content)
    {
        lock (_rootsGate)
        {
            if (FindContentHash(address) != content) Commit(RootRecord.ContentHash(address, content, Time.GetUtcNow()));
        }
    }

    /// <summary>What <see cref="RecordContentHash"/> kept; null for nothing.</summary>
    public BlobHash? FindContentHash(BlobHash address) => Query(index => index.FindContentHash(address));

    private bool IsCurrent(NameEntry entry) => entry.ExpiresAt is not { } end || end > Time.GetUtcNow();

    private void Commit(RootRecord record) => CommitAll([record]);

    private void CommitAll(List<RootRecord> records)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RootIndex index = Roots();
        var taken = new List<(RootRecord Record, ulong Sequence, BlobHash Hash)>(records.Count);
        var changes = new List<RootChange>();
        try
        {
            foreach (RootRecord record in records)
            {
                RootChange? change = ChangeOf(record);
                byte[] payload = record.Encode();
                BlobHash hash = BlobHash.Compute(payload);
                ulong sequence = _log.Append(new NewRecord(record.Kind, hash, payload), out RecordLocation location);
                _rootRecords.Add(new LogRecord(record.Kind, hash, sequence, record.MadeAtMs, location));
                taken.Add((record, sequence, hash));
                if (change is { } told) changes.Add(told);
            }
        }
        finally
        {
            // What the log took before it failed is set.
            if (taken.Count > 0) Take(index, taken);
            foreach (RootChange change in changes) _feed?.Add(change);
        }
    }

    private void Take(RootIndex index, List<(RootRecord Record, ulong Sequence, BlobHash Hash)> records)
    {
        _rootsChanged = true;
        try
        {
            index.ApplyAll(records);
        }
        catch (SqliteException)
        {
            // The log has the record, so it is set; a copy that missed it must not take the next one.
            index.Dispose();
            _roots = null;
            _roots = RemakeRoots();
        }
    }

    private T Query<T>(Func<RootIndex, T> ask)
    {
        lock (_rootsGate)
        {
            RootIndex index = Roots();
            if (TryAsk(index, ask, out T? answer)) return answer;
            index.Dispose();
            _roots = null;
            _rootsAreShared = false;
            _roots = IsWritable ? RemakeRoots() : ReadRoots();
            return ask(_roots);
        }
    }

    private bool TryAsk<T>(RootIndex index, Func<RootIndex, T> ask, [MaybeNullWhen(false)] out T answer)
    {
        try
        {
            answer = ask(index);
            // A reader's view of names must not run ahead of its view of the log, or it would know refs without their chunks.
            return !_rootsAreShared || index.Position.Sequence == LastRoot();
        }
        catch (Exception error) when (!index.IsInMemory && RootIndex.IsDamage(error))
        {
            // The copy cannot be read; the log can.
            answer = default;
            return false;
        }
    }

    private ulong LastRoot() => _rootRecords.Count == 0 ? 0 : _rootRecords[^1].Sequence;

    private RootIndex Roots()
    {
        lock (_rootsGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return OpenRoots();
        }
    }

    private RootIndex OpenRoots()
    {
        if (_roots is not null) return _roots;
        RootIndex? index = IndexIsTrusted() ? RootIndex.TryOpen(Path, IsWritable) : null;
        if (index is not null && TryCatchUp(index))
        {
            _rootsAreShared = !IsWritable;
            return _roots = index;
        }
        index?.Dispose();
        return _roots = IsWritable ? RemakeRoots() : ReadRoots();
    }

    // What names were in a segment may have moved on since it was listed, and again while it was looked for.
    private RootIndex ReadRoots()
    {
        while (true)
        {
            try
            {
                return RebuildRoots(RootIndex.InMemory());
            }
            catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged && _log.SegmentsHaveChanged())
            {
                Refresh(_log);
            }
        }
    }

    // SQLite has no checksums of its own. A closed index is known by its hash; one left open is whole unless its cached pages went with the power.
    private bool IndexIsTrusted() => _opened.Clean
        ? _opened.IndexHash != default && RootIndex.HashOf(Path) == _opened.IndexHash
        : !_log.HasLostRecords && _opened.BootId is { } boot && boot == StableStorage.BootId();

    // Derived, so where the disk takes no copy, one in memory will do until the store is closed.
    private RootIndex RemakeRoots()
    {
        _rootsChanged = true;
        try
        {
            RootIndex.Delete(Path);
            if (RootIndex.TryOpen(Path, writable: true) is { } made) return RebuildRoots(made);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            // As above. What was made of it so far takes room that the log may need.
            RootIndex.TryDelete(Path);
        }
        return RebuildRoots(RootIndex.InMemory());
    }

    private bool TryCatchUp(RootIndex index)
    {
        try
        {
            return CatchUp(index);
        }
        catch (Exception error) when (RootIndex.IsDamage(error))
        {
            return false;
        }
    }

    private bool CatchUp(RootIndex index)
    {
        (ulong sequence, BlobHash hash) = index.Position;
        int next = 0;
        if (sequence > 0)
        {
            int at = _rootRecords.FindIndex(record => record.Sequence == sequence);
            if (at < 0 || _rootRecords[at].Hash != hash) return false;
            next = at + 1;
        }
        if (next == _rootRecords.Count) return true;
        if (!IsWritable) return false;
        _rootsChanged = true;
        index.ApplyAll(_rootRecords.Skip(next).Select(ReadRoot));
        return true;
    }

    private RootIndex RebuildRoots(RootIndex index)
    {
        try
        {
            index.ApplyAll(_rootRecords.Select(ReadRoot));
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private (RootRecord Record, ulong Sequence, BlobHash Hash) ReadRoot(LogRecord record) => TryReadRoot(record, out RootRecord? root)
        ? (root, record.Sequence, record.Hash)
        : throw FileHeader.Damaged(_log.PathOf(record.Location), record.Location.Offset, $"the {record.Kind} record here is damaged");

    private bool TryReadRoot(LogRecord record, [NotNullWhen(true)] out RootRecord? root)
    {
        var payload = new byte[record.Location.Length];
        root = null;
        return _log.Read(record.Location, 0, payload) == payload.Length && BlobHash.Compute(payload) == record.Hash
            && RootRecord.TryDecode(record.Kind, payload, out root);
    }

    // The hash by which the next one to open the index will know it; default where it will have to be made anew.
    private BlobHash CloseRoots()
    {
        bool isKnown = _opened.Clean && _opened.IndexHash != default;
        if (_roots is null && (isKnown || _rootRecords.Count == 0)) return _opened.Clean ? _opened.IndexHash : default;
        try
        {
            bool isOnDisk = !OpenRoots().IsInMemory;
            _roots!.Dispose();
            _roots = null;
            if (!_rootsChanged && isKnown) return _opened.IndexHash;
            if (!isOnDisk) return default;
            RootIndex.Flush(Path);
            return RootIndex.HashOf(Path) ?? default;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            // A record of a name cannot be read. Whoever asks for names is told; closing is not asking.
            return default;
        }
    }
}
