using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>A tree that was judged as a whole and may be written, and which part of it is wanted.</summary>
internal sealed class TreePlan
{
    private readonly StoredManifest _manifest;
    private readonly ManifestCheck _check;
    private readonly DirectoryGetOptions _options;
    private readonly GlobPattern[] _include;
    private readonly HashSet<BlobHash> _leftOut = [];

    private TreePlan(StoredManifest manifest, DirectoryGetOptions options)
    {
        (_manifest, _options) = (manifest, options);
        _check = new ManifestCheck(options.Rules, options.Limits);
        _include = [.. options.Include.Select(GlobPattern.Parse)];
    }

    /// <summary>What is wanted of the tree.</summary>
    public DirectoryTotals Totals { get; private set; }

    /// <summary>Links that are left out, the first of them with the reason.</summary>
    public List<DirectoryFormatException> LeftOut { get; } = [];

    /// <summary>Goes through the whole manifest: paths, links, totals, and whether the store has what the refs stand for.</summary>
    /// <exception cref="DirectoryException">It must not be written, or does not decode.</exception>
    /// <exception cref="IntegrityException">Something that it stands for is not in the store.</exception>
    public static async Task<TreePlan> MakeAsync(BlobStore blobs, StoredManifest manifest, DirectoryGetOptions options, CancellationToken cancellationToken)
    {
        var plan = new TreePlan(manifest, options);
        bool hasLinks = false;
        await foreach (DirectoryEntry entry in manifest.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            plan.Add(entry);
            hasLinks |= entry.Kind == EntryKind.Symlink;
            if (entry.Blob is { } blob && plan.Selects(entry)) RequirePresent(blobs, blob, entry);
        }
        if (!hasLinks) return plan;
        await foreach (DirectoryEntry entry in manifest.EntriesAsync(cancellationToken).ConfigureAwait(false)) plan.CheckLink(entry);
        return plan;
    }

    /// <summary>The entries that are wanted and may be written, in the manifest's order.</summary>
    public async IAsyncEnumerable<DirectoryEntry> EntriesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (DirectoryEntry entry in _manifest.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Selects(entry) && (entry.Kind != EntryKind.Symlink || LeftOut.Count == 0 || IsSafeLink(entry))) yield return entry;
        }
    }

    /// <summary>The kind of the wanted entry at a path; a directory also where it is only above others, wanted or not.</summary>
    public EntryKind? KindAt(ReadOnlySpan<byte> path)
    {
        EntryKind? kind = _check.KindAt(path);
        if (kind == EntryKind.Symlink && _leftOut.Contains(BlobHash.Compute(path))) return null;
        return kind is null or EntryKind.Directory || IsIncluded(path) ? kind : null;
    }

    /// <summary>Whether a link of the tree leads through a path.</summary>
    public bool IsCrossed(ReadOnlySpan<byte> path) => _check.IsCrossed(path);

    // Judged again: what is left out is not kept in memory.
    private bool IsSafeLink(DirectoryEntry entry)
    {
        try
        {
            _check.CheckLink(entry);
            return true;
        }
        catch (DirectoryFormatException)
        {
            return false;
        }
    }

    private void Add(DirectoryEntry entry)
    {
        try
        {
            _check.Add(entry);
        }
        catch (DirectoryFormatException error)
        {
            throw DirectoryException.From(error);
        }
        if (Selects(entry)) Totals = Totals.Plus(entry);
    }

    private void CheckLink(DirectoryEntry entry)
    {
        try
        {
            _check.CheckLink(entry);
        }
        catch (DirectoryFormatException error)
        {
            if (!_options.SkipUnsafeLinks) throw DirectoryException.From(error);
            if (Selects(entry)) Totals = Totals with { Symlinks = Totals.Symlinks - 1 };
            _leftOut.Add(BlobHash.Compute(entry.PathBytes.Span));
            if (LeftOut.Count < TreeLimits.MostRemarks) LeftOut.Add(error);
        }
    }

    private bool Selects(DirectoryEntry entry) => IsIncluded(entry.PathBytes.Span);

    private bool IsIncluded(ReadOnlySpan<byte> path)
    {
        if (_include.Length == 0) return true;
        foreach (GlobPattern pattern in _include)
        {
            if (pattern.Matches(path)) return true;
        }
        return false;
    }

    private static void RequirePresent(BlobStore blobs, BlobRef blob, DirectoryEntry entry)
    {
        BlobHash? missing = blob switch
        {
            SmallRef small => blobs.Chunks.Contains(small.Hash) ? null : small.Hash,
            TreeRef tree => blobs.Chunks.Contains(tree.RootHash) ? null : tree.RootHash,
            ManifestRef manifest => FirstMissing(blobs, manifest),
            _ => null,
        };
        if (missing is { } hash) throw new IntegrityException(ErrorKind.ChunkMissing, hash, $"chunk {hash} of the entry '{entry.Path}' is not in the store");
    }

    private static BlobHash? FirstMissing(BlobStore blobs, ManifestRef manifest)
    {
        foreach (ChunkRef chunk in manifest.Chunks)
        {
            if (!blobs.Chunks.Contains(chunk.Hash)) return chunk.Hash;
        }
        return null;
    }
}
