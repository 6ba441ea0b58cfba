using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>One path at which two trees differ.</summary>
/// <param name="Before">What the first tree has there; null for nothing.</param>
/// <param name="After">What the second tree has there; null for nothing.</param>
public sealed record DirectoryChange(DirectoryEntry? Before, DirectoryEntry? After)
{
    private const uint PermissionBits = 0x1FF;

    /// <summary>The path.</summary>
    public string Path => (After ?? Before)!.Path;

    /// <summary>What two entries at one path differ in; null when they are alike. What one of them did not record is no difference.</summary>
    internal static DirectoryChange? Between(DirectoryEntry before, DirectoryEntry after)
    {
        bool alike = before.Kind == after.Kind && SameContent(before.Blob, after.Blob) && before.TargetBytes.Span.SequenceEqual(after.TargetBytes.Span)
            && (before.Mode == 0 || after.Mode == 0 || ((before.Mode ^ after.Mode) & PermissionBits) == 0)
            && (before.ModifiedAtNs is null || after.ModifiedAtNs is null || before.ModifiedAtNs == after.ModifiedAtNs);
        return alike ? null : new DirectoryChange(before, after);
    }

    private static bool SameContent(BlobRef? before, BlobRef? after) =>
        before is SmallRef left && after is SmallRef right ? left.Hash == right.Hash : before == after;
}
