using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    /// <summary>The files in which something is not as it should be: damage met when the store was opened, gaps that are not zero, records
    /// of names that do not verify, an index of names that contradicts the log. Empty for a sound store; a torn tail after a crash is not damage.</summary>
    public IReadOnlyList<string> FindDamagedFiles(CancellationToken cancellationToken = default)
    {
        lock (_quarantineGate) _ = Quarantine();
        var files = new SortedSet<string>(_damages.Select(damage => damage.Path), StringComparer.Ordinal);
        foreach ((BlobHash hash, RecordLocation location) in _index.Enumerate())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_log.PaddingIsZero(location) && IsStillAt(hash, location)) files.Add(_log.PathOf(location));
        }
        foreach (string path in Events.FindDamagedFiles(cancellationToken)) files.Add(path);
        // What a hint file told when the store was opened is read from the segments themselves.
        foreach (string path in _log.FindUnreadable(cancellationToken)) files.Add(path);
        lock (_rootsGate)
        {
            foreach (LogRecord record in _rootRecords)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!RootIsWhole(record) && File.Exists(_log.PathOf(record.Location))) files.Add(_log.PathOf(record.Location));
            }
            if (files.Count == 0 && !SharedIndexIsTrue()) files.Add(System.IO.Path.Combine(Path, RootIndex.FileName));
        }
        return [.. files];
    }

    /// <summary>What is wrong where, one line a finding, for a person.</summary>
    public IReadOnlyList<string> DescribeDamage() =>
        _damages.ConvertAll(damage => $"{damage.Path}, byte {damage.Offset}, {damage.LengthBytes} bytes: {damage.What}");

    /// <summary>Asks the system to forget what it has cached of the store's chunks, so that reading them shows what the device holds.</summary>
    public void DropCache() => _log.DropCache();

    /// <summary>What a checkpoint made now would say.</summary>
    internal Checkpoint ToCheckpoint() => _log.ToCheckpoint(_opened.Generation, clean: false, default);

    /// <summary>Every chunk, in the order in which they lie on the device.</summary>
    internal List<KeyValuePair<BlobHash, int>> EnumerateByPlace() =>
        [.. _index.Enumerate().OrderBy(entry => entry.Value.Segment).ThenBy(entry => entry.Value.Offset)
            .Select(entry => new KeyValuePair<BlobHash, int>(entry.Key, entry.Value.Length))];

    // What compaction moves while this looks is no damage.
    private bool IsStillAt(in BlobHash hash, RecordLocation location) =>
        _index.TryGet(hash, out RecordLocation now) && now == location && File.Exists(_log.PathOf(location));

    private bool RootIsWhole(LogRecord record)
    {
        try
        {
            _ = ReadRoot(record);
            return _log.PaddingIsZero(record.Location);
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            return false;
        }
    }

    // An index that is behind is no damage: whoever opens the store next brings it up. One that says otherwise than the log is.
    private bool SharedIndexIsTrue()
    {
        if (!_opened.Clean || IsWritable || _opened.IndexHash == default) return true;
        bool isTrue = RootIndex.HashOf(Path) == _opened.IndexHash
            // It was flushed when it was closed, the log need not have been: after a loss of power it may be ahead.
            && (_opened.BootId is null || _opened.BootId != StableStorage.BootId() || SharedIndexAgrees());
        return isTrue || LoadCheckpoint(_options.Device, Path, _header.StoreId).Checkpoint.Generation != _opened.Generation;
    }

    private bool SharedIndexAgrees()
    {
        using RootIndex? shared = RootIndex.TryOpen(Path, writable: false);
        // One of an older program is remade by whoever writes next, and nobody believes it until then.
        if (shared is null) return RootIndex.HasOlderSchema(Path);
        if (!TryCatchUp(shared)) return false;
        try
        {
            using RootIndex truth = RebuildRoots(RootIndex.InMemory());
            return shared.Fingerprint() == truth.Fingerprint() && shared.IsSound();
        }
        catch (Exception error) when (RootIndex.IsDamage(error) || error is DatafortsException { Kind: ErrorKind.StoreDamaged })
        {
            // Either the index, or, since the records were found whole, a segment that has been compacted away meanwhile: by a writer that
            // has opened the store since.
            return false;
        }
    }
}
