using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories.Files;
using Dataforts.Directories.Installing;

namespace Dataforts.Directories;

public sealed partial class DirectoryStore
{
    private const long BlockBytes = 4096;
    private static readonly DirectoryGetOptions PlainGet = new();

    /// <summary>Whether a new tree and an old one may change places in one step where the system can; tests say no.</summary>
    internal bool MayExchange { get; init; } = true;

    /// <summary>Puts a tree into a folder, as a whole or not at all: it is made beside the destination and takes its place when it is complete. What the
    /// destination has that is not in the tree stays, unless it is to go; a file that is there already, the same, is not written again.</summary>
    /// <param name="directory">The tree.</param>
    /// <param name="destination">Where to; made, and the folders above it, where there is none. Must not be written to meanwhile, and becomes another folder
    /// of the same name: who has it open goes on in the old one.</param>
    /// <param name="options">What of it, durability and limits.</param>
    /// <param name="progress">Told as files are written, from any thread, many times a second.</param>
    /// <param name="cancellationToken">Ends the run; the destination is then as it was.</param>
    /// <exception cref="DirectoryException">UnsafeEntry, ManifestInvalid, LimitExceeded: names the entry. Nothing was written.</exception>
    /// <exception cref="DatafortsException">BlobNotFound; Exists, Unsupported: something at the destination is in the way; DestinationInUse; NoSpace; Io. The
    /// destination is as it was, and nothing is left beside it.</exception>
    /// <exception cref="IntegrityException">A chunk is missing or wrong; as above.</exception>
    public async Task<DirectoryGetResult> MaterializeAsync(
        BlobRef directory,
        string destination,
        DirectoryGetOptions? options = null,
        IProgress<DirectoryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= PlainGet;
        CheckRules(options.Rules);
        using Store.ReadLease lease = _blobs.Chunks.BeginRead(directory, Store.RootReach.Directory);
        StoredManifest manifest = await StoredManifest.OpenAsync(_blobs, directory, cancellationToken).ConfigureAwait(false);
        TreePlan plan = await TreePlan.MakeAsync(_blobs, manifest, options, cancellationToken).ConfigureAwait(false);
        string path = Resolve(destination);
        using TreeInstall install = await TreeInstall
            .BeginAsync(path, options.LockTimeout, _blobs.Chunks.Time, MayExchange, cancellationToken).ConfigureAwait(false);
        bool isDone = false;
        try
        {
            TreeFetcher run = await FetchAsync(plan, install, path, options, progress, cancellationToken).ConfigureAwait(false);
            isDone = true;
            return new DirectoryGetResult(
                path, plan.Totals, run.FilesWritten, run.BytesWritten, run.FilesUnchanged, run.Kept, plan.LeftOut, install.Clear());
        }
        finally
        {
            if (!isDone) install.Clear();
        }
    }

    /// <summary>Puts in order what runs that died left in a folder: trees that were being fetched into it. Fetching does so by itself.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="DatafortsException">Io; Exists: an old tree lies aside, and something else is in its place.</exception>
    public static int Recover(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder) ? InstallRecovery.Recover(Path.GetFullPath(folder)) : 0;
    }

    private async Task<TreeFetcher> FetchAsync(
        TreePlan plan,
        TreeInstall install,
        string path,
        DirectoryGetOptions options,
        IProgress<DirectoryProgress>? progress,
        CancellationToken cancellationToken)
    {
        bool isDurable = options.Durability == Durability.Durable;
        using DiskFolder? oldRoot = Directory.Exists(path) ? OpenRoot(path) : null;
        OldTree? old = oldRoot is null ? null : new OldTree(oldRoot, _blobs, plan, options);
        old?.CheckConflicts(cancellationToken);
        await RequireRoomAsync(plan, old, Path.GetDirectoryName(path)!, options, cancellationToken).ConfigureAwait(false);
        using DiskFolder staging = install.MakeNew(isDurable);
        long totalBytes = (long)Math.Min(plan.Totals.Bytes, long.MaxValue);
        var count = new ProgressCount(progress, _blobs.Chunks.Time, plan.Totals.Files, totalBytes);
        var run = new TreeFetcher(_blobs, plan, staging, old, options, count);
        await run.RunAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            staging.SetMode(default, oldRoot?.TryStat("."u8) is { Mode: not 0 } node ? node.Mode & 0xFFF : staging.NewFolderMode);
            if (isDurable) staging.Flush();
            cancellationToken.ThrowIfCancellationRequested();
            install.Switch(isDurable);
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            throw DatafortsException.From(error, $"cannot put the tree in place at '{path}'");
        }
        return run;
    }

    // A link stays a link: what it leads to is what is replaced.
    private static string Resolve(string destination)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        if (new DirectoryInfo(full).LinkTarget is not null)
        {
            full = Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName
                ?? throw new DatafortsException(ErrorKind.InvalidRequest, $"the link '{destination}' leads nowhere");
        }
        if (Path.GetFileName(full).Length == 0) throw new DatafortsException(ErrorKind.InvalidRequest, $"'{destination}' cannot be replaced: it has no name");
        if (File.Exists(full)) throw new DatafortsException(ErrorKind.Exists, $"'{destination}' is a file, not a folder");
        return full;
    }

    private static async Task RequireRoomAsync(
        TreePlan plan, OldTree? old, string folder, DirectoryGetOptions options, CancellationToken cancellationToken)
    {
        UInt128 needed = 0;
        if (old is null)
        {
            needed = plan.Totals.Bytes + ((UInt128)plan.Totals.Entries * BlockBytes);
        }
        else
        {
            await foreach (DirectoryEntry entry in plan.EntriesAsync(cancellationToken).ConfigureAwait(false))
            {
                if (entry.Kind != EntryKind.File || !old.MayHave(entry)) needed += (entry.Blob?.SizeBytes ?? 0) + BlockBytes;
            }
        }
        UInt128 free = (UInt128)Math.Max(0, new DriveInfo(folder).AvailableFreeSpace - options.SpareBytes);
        if (needed > free)
        {
            throw new DatafortsException(
                ErrorKind.NoSpace, $"'{folder}' has {free} bytes free beside the {options.SpareBytes} that are to be left, and {needed} are needed");
        }
    }
}
