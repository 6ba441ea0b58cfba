using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Content.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>Makes a tree in an empty folder: directories, then files, many at a time, then what stays of the old tree, then links, and modes that
/// would be in the way last, deepest first.</summary>
/// <remarks>For one run. The manifest is gone through once for each of these, so that memory does not grow with the tree.</remarks>
internal sealed class TreeFetcher(BlobStore blobs, TreePlan plan, DiskFolder staging, OldTree? old, DirectoryGetOptions options, ProgressCount count)
{
    private const uint PermissionBits = 0x1FF, OwnerBits = 0x1C0;

    private readonly SortedSet<int> _depths = [];
    private byte[] _parent = [];
    private bool _hasLinks;
    private long _filesWritten;
    private long _bytesWritten;
    private long _filesUnchanged;

    public long FilesWritten => _filesWritten;

    public long BytesWritten => _bytesWritten;

    public long FilesUnchanged => _filesUnchanged;

    public long Kept { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await MakeFoldersAsync(cancellationToken).ConfigureAwait(false);
            await WriteFilesAsync(cancellationToken).ConfigureAwait(false);
            List<(byte[] Path, uint Mode)> modes = [];
            if (old is not null && !options.Delete) (Kept, modes) = old.Keep(staging, cancellationToken);
            if (_hasLinks) await MakeLinksAsync(cancellationToken).ConfigureAwait(false);
            foreach (int depth in _depths.Reverse()) await FinishFoldersAsync(depth, cancellationToken).ConfigureAwait(false);
            for (int i = modes.Count - 1; i >= 0; i--) staging.SetMode(modes[i].Path, modes[i].Mode);
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            throw DatafortsException.From(error, "cannot write the tree");
        }
    }

    private async Task MakeFoldersAsync(CancellationToken cancellationToken)
    {
        await foreach (DirectoryEntry entry in plan.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            ReadOnlyMemory<byte> path = entry.PathBytes;
            int end = path.Span.LastIndexOf((byte)'/');
            if (end > 0) EnsureParent(path.Span[..end]);
            _hasLinks |= entry.Kind == EntryKind.Symlink;
            if (entry.Kind != EntryKind.Directory) continue;
            uint mode = FolderMode(entry);
            TryMakeFolder(path.Span, mode | OwnerBits);
            if (mode != (mode | OwnerBits) || entry.ModifiedAtNs is not null) _depths.Add(path.Span.Count((byte)'/'));
        }
    }

    private uint FolderMode(DirectoryEntry entry) => entry.Mode == 0 ? staging.NewFolderMode : entry.Mode & PermissionBits;

    // Neighbours mostly have one parent, and mostly it was made just before.
    private void EnsureParent(ReadOnlySpan<byte> parent)
    {
        if (parent.SequenceEqual(_parent)) return;
        int end = parent.LastIndexOf((byte)'/');
        if (end > 0 && staging.TryStat(parent) is null) EnsureParent(parent[..end]);
        if (staging.TryStat(parent) is null) staging.MakeFolder(parent, staging.NewFolderMode | OwnerBits);
        _parent = parent.ToArray();
    }

    // It may have been made as another entry's parent, which had to do without its mode.
    private void TryMakeFolder(ReadOnlySpan<byte> path, uint mode)
    {
        if (staging.TryStat(path) is null) staging.MakeFolder(path, mode);
        else staging.SetMode(path, mode);
    }

    private async Task WriteFilesAsync(CancellationToken cancellationToken)
    {
        int most = Environment.ProcessorCount * TreeLimits.BatchesPerProcessor;
        using var window = new OrderedWindow<int>(new WindowOptions { MaxChunks = most, MaxBytes = long.MaxValue }, cancellationToken);
        try
        {
            var batch = new FetchBatch();
            await foreach (DirectoryEntry entry in plan.EntriesAsync(window.Token).ConfigureAwait(false))
            {
                if (entry.Kind != EntryKind.File) continue;
                if (batch.IsOver(entry))
                {
                    while (!window.HasRoomFor(1)) await window.TakeAsync().ConfigureAwait(false);
                    window.ThrowIfFailed();
                    window.Add(WriteAsync(batch, window), 1);
                    batch = new FetchBatch();
                }
                batch.Add(entry);
            }
            if (batch.Files.Count > 0) window.Add(WriteAsync(batch, window), 1);
            while (window.Count > 0) await window.TakeAsync().ConfigureAwait(false);
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
    }

    private async Task<int> WriteAsync(FetchBatch batch, OrderedWindow<int> window)
    {
        try
        {
            await default(FairYield);
            await WriteAsync(batch.Files, window.Token).ConfigureAwait(false);
            return batch.Files.Count;
        }
        catch (Exception error)
        {
            window.FailAll(error);
            throw;
        }
    }

    private async Task WriteAsync(List<DirectoryEntry> files, CancellationToken cancellationToken)
    {
        int written = 0;
        long bytes = 0;
        foreach (DirectoryEntry file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (old is not null && await old.TryShareAsync(staging, file, cancellationToken).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _filesUnchanged);
                count.Add(1, (long)file.Blob!.SizeBytes, file.PathBytes);
            }
            else if (file.Blob!.SizeBytes <= TreeLimits.GatheredFileBytes)
            {
                // A file of one chunk is read here and now: other tasks are at work on other files, and a task for it would only wait to be run.
                using BlobSequence content = await blobs.ReadSequenceAsync(file.Blob, null, cancellationToken).ConfigureAwait(false);
                bytes += Write(file, content.Bytes);
                written++;
            }
            else
            {
                await StreamAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }
        if (written == 0) return;
        Interlocked.Add(ref _filesWritten, written);
        Interlocked.Add(ref _bytesWritten, bytes);
        count.Add(written, bytes, files[^1].PathBytes);
    }

    private long Write(DirectoryEntry entry, ReadOnlySequence<byte> content)
    {
        using DiskFile file = Create(entry);
        foreach (ReadOnlyMemory<byte> part in content) file.Write(part.Span);
        if (entry.ModifiedAtNs is { } time) file.SetTime(time);
        return content.Length;
    }

    private async Task StreamAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        long bytes = 0;
        using DiskFile file = Create(entry);
        Stream source = await blobs.OpenReadAsync(entry.Blob!, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var target = new DiskFileSink(file, written =>
            {
                bytes += written;
                count.Add(0, written, entry.PathBytes);
            });
            await using (target.ConfigureAwait(false)) await source.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
        }
        if (entry.ModifiedAtNs is { } time) file.SetTime(time);
        Interlocked.Increment(ref _filesWritten);
        Interlocked.Add(ref _bytesWritten, bytes);
        count.Add(1, 0, entry.PathBytes);
    }

    private DiskFile Create(DirectoryEntry entry) =>
        staging.CreateFile(entry.PathBytes.Span, entry.Mode == 0 ? staging.NewFileMode : entry.Mode & PermissionBits);

    private async Task MakeLinksAsync(CancellationToken cancellationToken)
    {
        await foreach (DirectoryEntry entry in plan.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind != EntryKind.Symlink) continue;
            staging.MakeLink(entry.PathBytes.Span, entry.TargetBytes.Span, LeadsToFolder(entry));
        }
    }

    // Windows alone asks. What it leads to is there by now, but for other links.
    private bool LeadsToFolder(DirectoryEntry entry) => OperatingSystem.IsWindows()
        && Directory.Exists(Path.GetFullPath(Path.Join(staging.Location, Path.GetDirectoryName(entry.Path), entry.Target)));

    private async Task FinishFoldersAsync(int depth, CancellationToken cancellationToken)
    {
        await foreach (DirectoryEntry entry in plan.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind != EntryKind.Directory || entry.PathBytes.Span.Count((byte)'/') != depth) continue;
            if (entry.ModifiedAtNs is { } time) staging.SetTime(entry.PathBytes.Span, time);
            uint mode = FolderMode(entry);
            if (mode != (mode | OwnerBits)) staging.SetMode(entry.PathBytes.Span, mode);
        }
    }
}
