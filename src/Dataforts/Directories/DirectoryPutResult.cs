using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>What became of a tree.</summary>
/// <param name="Ref">The manifest's ref, which stands for the tree.</param>
/// <param name="Version">The manifest's form.</param>
/// <param name="Totals">What is in the tree.</param>
/// <param name="StoredBytes">Bytes of content, nodes and manifest that were not there before.</param>
/// <param name="Skipped">What is no file, directory or link, and so is not in the tree; at most <see cref="TreeLimits.MostRemarks"/>.</param>
/// <param name="SkippedCount">How many there were.</param>
/// <param name="Changed">Files that changed while they were read.</param>
/// <param name="Unsafe">Entries that will be refused when the tree is fetched, and why; at most <see cref="TreeLimits.MostRemarks"/>.</param>
public sealed record DirectoryPutResult(
    BlobRef Ref,
    ManifestForm Version,
    DirectoryTotals Totals,
    long StoredBytes,
    IReadOnlyList<SkippedNode> Skipped,
    long SkippedCount,
    IReadOnlyList<string> Changed,
    IReadOnlyList<DirectoryFormatException> Unsafe);
