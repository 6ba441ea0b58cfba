namespace Dataforts.Directories.Files;

/// <summary>What the system says of a file, directory or link.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="SizeBytes">Length of a file, or of a link's text.</param>
/// <param name="Mode">The Unix mode word; 0 where there is none.</param>
/// <param name="ModifiedAtNs">When the content last changed, in nanoseconds since 1970.</param>
/// <param name="ChangedAtNs">When anything of it last changed, which nobody can set; the same as the former where there is none.</param>
/// <param name="Device">The file system it is on; 0 where that is not known.</param>
/// <param name="Inode">Its number there; 0 where there is none.</param>
internal readonly record struct DiskNode(
    DiskNodeKind Kind, long SizeBytes, uint Mode, long ModifiedAtNs, long ChangedAtNs, ulong Device, ulong Inode);
