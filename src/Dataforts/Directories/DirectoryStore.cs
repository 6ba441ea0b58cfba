using System.Runtime.CompilerServices;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>Directory trees in a store: publish a folder, get a ref; fetch the ref, get the same folder, whole or not at all.</summary>
/// <remarks>Thread-safe; holds nothing of its own, so there is nothing to dispose of. A tree is a manifest, itself a blob, that names the blobs of
/// its files; what several trees share is stored once.</remarks>
/// <param name="blobs">The store; stays the caller's. Open for reading is enough for everything but publishing.</param>
public sealed partial class DirectoryStore(BlobStore blobs)
{
    private static readonly DirectoryPutOptions PlainPut = new();

    private readonly BlobStore _blobs = blobs ?? throw new ArgumentNullException(nameof(blobs));

    /// <summary>The blobs underneath.</summary>
    public BlobStore Blobs => _blobs;

    /// <summary>Publishes all that is below a folder: regular files, directories and symbolic links, which are not followed.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">Name, durability, form and limits.</param>
    /// <param name="progress">Told as files are read, from any thread, many times a second.</param>
    /// <param name="cancellationToken">Ends the run; what was stored by then stays as unreferenced chunks, so that a second try finds it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DirectoryException">UnsafeEntry where those are refused, LimitExceeded: names the entry. No manifest was stored.</exception>
    /// <exception cref="DatafortsException">FileChanged: a file would not stay as it was, or went; Io, ReadOnly: one cannot be read; Exists: the name is
    /// taken; or as putting a blob. No name was set.</exception>
    public async Task<DirectoryPutResult> PublishAsync(
        string path, DirectoryPutOptions? options = null, IProgress<DirectoryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= PlainPut;
        CheckRules(options.Rules);
        CheckName(options);
        using DiskFolder root = OpenRoot(path);
        // Until the tree has its root, nothing keeps its files but this.
        using Store.PutSession session = _blobs.Chunks.BeginPut();
        var spool = new ManifestSpool();
        await using (spool.ConfigureAwait(false))
        {
            var run = new TreePublisher(_blobs, root, options, new ProgressCount(progress, _blobs.Chunks.Time, null, null), spool);
            await run.RunAsync(cancellationToken).ConfigureAwait(false);
            PutResult manifest = await PutManifestAsync(run.Writer, spool, options, cancellationToken).ConfigureAwait(false);
            await CommitAsync(manifest.Ref, options, cancellationToken).ConfigureAwait(false);
            return new DirectoryPutResult(
                manifest.Ref,
                run.Writer.Version,
                run.Writer.Totals,
                run.StoredBytes + manifest.StoredBytes,
                run.Skipped,
                run.SkippedCount,
                run.Changed,
                run.Unsafe);
        }
    }

    /// <summary>The entries of a tree in the order of the manifest; decoded, not judged: a path may be one that fetching refuses.</summary>
    /// <param name="directory">The tree.</param>
    /// <param name="below">Only what is at this path or below it; all when empty.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="DirectoryException">ManifestInvalid: the blob is no manifest.</exception>
    /// <exception cref="DatafortsException">EntryNotFound: there is nothing at the path; BlobNotFound.</exception>
    public async IAsyncEnumerable<DirectoryEntry> ListAsync(
        BlobRef directory, string below = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(below);
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(below.Trim('/'));
        StoredManifest manifest = await StoredManifest.OpenAsync(_blobs, directory, cancellationToken).ConfigureAwait(false);
        bool isFound = wanted.Length == 0;
        await foreach (DirectoryEntry entry in manifest.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!IsAtOrBelow(entry.PathBytes.Span, wanted)) continue;
            isFound = true;
            yield return entry;
        }
        if (!isFound) throw new DatafortsException(ErrorKind.EntryNotFound, $"the tree has nothing at '{below}'");
    }

    /// <summary>What is different in a second tree, in the order of the paths. Contents are compared by their refs; nothing of them is read.</summary>
    /// <exception cref="DirectoryException">A blob is no manifest, or one whose entries are not in order.</exception>
    /// <exception cref="DatafortsException">BlobNotFound.</exception>
    public async IAsyncEnumerable<DirectoryChange> DiffAsync(
        BlobRef before, BlobRef after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var left = new OrderedEntries(await StoredManifest.OpenAsync(_blobs, before, cancellationToken).ConfigureAwait(false), cancellationToken);
        await using (left.ConfigureAwait(false))
        {
            var right = new OrderedEntries(await StoredManifest.OpenAsync(_blobs, after, cancellationToken).ConfigureAwait(false), cancellationToken);
            await using (right.ConfigureAwait(false))
            {
                await left.MoveNextAsync().ConfigureAwait(false);
                await right.MoveNextAsync().ConfigureAwait(false);
                while (left.Current is not null || right.Current is not null)
                {
                    int order = OrderedEntries.Compare(left.Current, right.Current);
                    DirectoryChange? change = order switch
                    {
                        < 0 => new DirectoryChange(left.Current, null),
                        > 0 => new DirectoryChange(null, right.Current),
                        _ => DirectoryChange.Between(left.Current!, right.Current!),
                    };
                    if (change is not null) yield return change;
                    if (order <= 0) await left.MoveNextAsync().ConfigureAwait(false);
                    if (order >= 0) await right.MoveNextAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> wanted) =>
        wanted.IsEmpty || (path.StartsWith(wanted) && (path.Length == wanted.Length || path[wanted.Length] == '/'));

    // Names that mean more than letters are never safe where they do.
    private static void CheckRules(EntryRules rules)
    {
        if (rules == EntryRules.Unix && OperatingSystem.IsWindows())
            throw new DatafortsException(ErrorKind.Unsupported, "names by the rules of Unix cannot be had on Windows");
    }

    private static DiskFolder OpenRoot(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"there is no folder '{path}'");
        try
        {
            return DiskFolder.Open(path);
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            throw DatafortsException.From(error, $"cannot open the folder '{path}'");
        }
    }

    private void CheckName(DirectoryPutOptions options)
    {
        if (options.Name is not { } name) return;
        Store.BlobName.ThrowIfInvalid(name);
        if (options.IfAbsent && _blobs.Chunks.FindName(name) is not null) throw new DatafortsException(ErrorKind.Exists, $"the name \"{name}\" exists");
    }

    private async Task<PutResult> PutManifestAsync(
        DirectoryManifestWriter writer, ManifestSpool spool, DirectoryPutOptions options, CancellationToken cancellationToken)
    {
        Stream content = spool.OpenRead(writer.Head());
        BlobShape shape = options.Version != ManifestForm.Shared ? BlobShape.Auto
            : spool.LengthBytes + 16 > BlobLimits.AutoSmallMaxBytes ? BlobShape.Manifest : BlobShape.Small;
        return await _blobs.PutAsync(content, new PutOptions { Shape = shape, IsPart = true }, null, cancellationToken).ConfigureAwait(false);
    }

    // The one place that makes a root of a tree.
    private async Task CommitAsync(BlobRef directory, DirectoryPutOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Name is { } name) _blobs.Chunks.SetName(name, directory, options.ExpiresAt, options.IfAbsent, Store.RootReach.Directory);
        else _blobs.Chunks.GiveTime([directory], Store.RootReach.Directory);
        // The name is set: calling the wait off would only leave the caller guessing.
        if (options.Durability == Durability.Durable) await _blobs.Chunks.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
