using Dataforts.Blobs;
using Dataforts.Content.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>Reads a folder into the store: one goes ahead through the names, several read files, and what they made is written to the manifest
/// in the order of the names.</summary>
/// <remarks>For one run. Memory is that of the batches under way, the names of the folders the walk is in, and what the check keeps.</remarks>
internal sealed class TreePublisher(BlobStore blobs, DiskFolder root, DirectoryPutOptions options, ProgressCount count, ManifestSpool spool)
{
    private readonly ManifestCheck _check = new(options.Rules, options.Limits);
    private bool _hasLinks;

    public DirectoryManifestWriter Writer { get; } = new(spool, VersionFor(options), options.RecordTimes);

    public long StoredBytes { get; private set; }

    public List<SkippedNode> Skipped { get; } = [];

    public long SkippedCount { get; private set; }

    public List<string> Changed { get; } = [];

    public List<DirectoryFormatException> Unsafe { get; } = [];

    /// <summary>Reads everything; the manifest is in the spool then, but for its head.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int most = Environment.ProcessorCount * TreeLimits.BatchesPerProcessor;
        using var window = new OrderedWindow<PublishBatch>(new WindowOptions { MaxChunks = most, MaxBytes = long.MaxValue }, cancellationToken);
        try
        {
            foreach (PublishBatch batch in Batches(cancellationToken))
            {
                while (!window.HasRoomFor(1)) await WriteAsync(await window.TakeAsync().ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                window.ThrowIfFailed();
                window.Add(ReadAsync(batch, window), 1);
            }
            while (window.Count > 0) await WriteAsync(await window.TakeAsync().ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch when (window.HasFailed)
        {
            window.ThrowIfFailed();
            throw;
        }
        finally
        {
            await window.StopAsync().ConfigureAwait(false);
        }
        Writer.End();
        if (_hasLinks) await CheckLinksAsync(cancellationToken).ConfigureAwait(false);
    }

    private static ManifestForm VersionFor(DirectoryPutOptions options) => options.Version
        ?? (options.RecordTimes || options.Rules == EntryRules.Unix ? ManifestForm.Compact : ManifestForm.Shared);

    private IEnumerable<PublishBatch> Batches(CancellationToken cancellationToken)
    {
        var walk = new FolderWalk(root);
        var batch = new PublishBatch();
        using IEnumerator<(byte[] Path, DiskNodeKind Kind)> nodes = walk.Nodes().GetEnumerator();
        while (Next(nodes))
        {
            cancellationToken.ThrowIfCancellationRequested();
            (byte[] path, DiskNodeKind kind) = nodes.Current;
            if (kind is DiskNodeKind.File or DiskNodeKind.Directory or DiskNodeKind.Symlink) batch.Add(path, kind);
            else Skip(path, kind);
            if (!batch.IsFull) continue;
            yield return batch;
            batch = new PublishBatch();
        }
        if (batch.Count > 0) yield return batch;
    }

    private bool Next(IEnumerator<(byte[], DiskNodeKind)> nodes)
    {
        try
        {
            return nodes.MoveNext();
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            if (DiskFault.IsMissing(error) || DiskFault.IsLink(error))
                throw new DatafortsException(ErrorKind.FileChanged, $"a folder changed while it was listed: {error.Message}", error);
            throw DatafortsException.From(error, $"cannot list '{root.Location}'");
        }
    }

    private void Skip(byte[] path, DiskNodeKind kind)
    {
        SkippedCount++;
        if (Skipped.Count < TreeLimits.MostRemarks) Skipped.Add(new SkippedNode(PathText.Of(path), kind.ToString().ToLowerInvariant()));
    }

    private async Task<PublishBatch> ReadAsync(PublishBatch batch, OrderedWindow<PublishBatch> window)
    {
        try
        {
            await default(FairYield);
            using var intake = new FileIntake(blobs, root, options, count);
            for (int i = 0; i < batch.Count; i++)
            {
                window.Token.ThrowIfCancellationRequested();
                (byte[] path, DiskNodeKind kind) = batch.Nodes[i];
                if (kind == DiskNodeKind.File) await intake.TakeAsync(i, path, batch.Entries, window.Token).ConfigureAwait(false);
                else batch.Entries[i] = Look(path, kind);
            }
            await intake.FlushAsync(batch.Entries, window.Token).ConfigureAwait(false);
            batch.StoredBytes = intake.StoredBytes;
            batch.Changed = intake.Changed;
            return batch;
        }
        catch (Exception error)
        {
            window.FailAll(error);
            throw;
        }
    }

    private DirectoryEntry Look(byte[] path, DiskNodeKind kind)
    {
        try
        {
            if (kind == DiskNodeKind.Symlink) return DirectoryEntry.Symlink(path, root.ReadLink(path));
            if (root.TryStat(path) is { Kind: DiskNodeKind.Directory } node)
                return DirectoryEntry.Folder(path, node.Mode, options.RecordTimes ? node.ModifiedAtNs : null);
        }
        catch (Exception error) when (DiskFault.IsKnown(error) && !DiskFault.IsMissing(error))
        {
            throw DatafortsException.From(error, $"cannot read '{PathText.Of(path)}'");
        }
        catch (Exception error) when (DiskFault.IsMissing(error))
        {
            throw new DatafortsException(ErrorKind.FileChanged, $"'{PathText.Of(path)}' is gone since it was listed", error);
        }
        throw new DatafortsException(ErrorKind.FileChanged, $"'{PathText.Of(path)}' is no folder any more");
    }

    private async ValueTask WriteAsync(PublishBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            DirectoryEntry entry = batch.Entries[i]!;
            Judge(entry, _check.Add);
            _hasLinks |= entry.Kind == EntryKind.Symlink;
            try
            {
                Writer.Write(entry);
            }
            catch (DirectoryFormatException error)
            {
                throw DirectoryException.From(error);
            }
        }
        StoredBytes += batch.StoredBytes;
        Changed.AddRange(batch.Changed);
        await spool.SpillAsync(cancellationToken).ConfigureAwait(false);
    }

    // Where a link leads is known only when everything else is.
    private async Task CheckLinksAsync(CancellationToken cancellationToken)
    {
        Stream written = spool.OpenRead(Writer.Head());
        using DirectoryManifestReader reader = await DirectoryManifestReader.OpenAsync(written, cancellationToken).ConfigureAwait(false);
        await foreach (DirectoryEntry entry in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) Judge(entry, _check.CheckLink);
    }

    private void Judge(DirectoryEntry entry, Action<DirectoryEntry> check)
    {
        if (Unsafe.Count == TreeLimits.MostRemarks) return;
        try
        {
            check(entry);
        }
        catch (DirectoryFormatException error)
        {
            var refused = DirectoryException.From(error);
            bool isSaid = Writer.Version == ManifestForm.Compact || error.Fault != EntryFault.NotUtf8;
            if (options.RefuseUnsafe || refused.Kind != ErrorKind.UnsafeEntry || !isSaid) throw refused;
            Unsafe.Add(error);
        }
    }
}
