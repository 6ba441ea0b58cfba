using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>What became of a tree that was fetched.</summary>
/// <param name="Path">Where it is: the full path, a link that led there followed.</param>
/// <param name="Totals">What of the tree is there.</param>
/// <param name="FilesWritten">Files that were written.</param>
/// <param name="BytesWritten">Their bytes.</param>
/// <param name="FilesUnchanged">Files that were there, the same, and were not written again.</param>
/// <param name="Kept">Files and links that were there beside the tree and still are.</param>
/// <param name="LeftOut">Links that were left out because they are not safe, and why; at most <see cref="TreeLimits.MostRemarks"/>.</param>
/// <param name="Leftover">Where what was replaced still lies, because it could not be removed; the next run to the same place tries again. Null when
/// nothing is left.</param>
public sealed record DirectoryGetResult(
    string Path,
    DirectoryTotals Totals,
    long FilesWritten,
    long BytesWritten,
    long FilesUnchanged,
    long Kept,
    IReadOnlyList<DirectoryFormatException> LeftOut,
    string? Leftover);
