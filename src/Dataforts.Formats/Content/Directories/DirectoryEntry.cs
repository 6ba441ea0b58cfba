using System.Text;

namespace Dataforts.Content.Directories;

/// <summary>One file, directory or link of a directory manifest.</summary>
/// <remarks>Immutable as long as nobody changes the memory it was made of. That it exists says nothing about whether its path is safe:
/// <see cref="ManifestCheck"/> does.</remarks>
public sealed class DirectoryEntry
{
    private string? _path;

    private DirectoryEntry(EntryKind kind, ReadOnlyMemory<byte> path) => (Kind, PathBytes) = (kind, path);

    /// <summary>What it is.</summary>
    public EntryKind Kind { get; }

    /// <summary>Where it is: relative to the tree's root, components joined by <c>/</c>, UTF-8 but for names that are not.</summary>
    public ReadOnlyMemory<byte> PathBytes { get; }

    /// <summary>The path as text; bytes that are no UTF-8 become U+FFFD. Made on first use.</summary>
    public string Path => _path ??= Encoding.UTF8.GetString(PathBytes.Span);

    /// <summary>A file's or directory's Unix mode word, file type bits included where it was recorded so; 0 when it was not recorded.</summary>
    public uint Mode { get; private init; }

    /// <summary>When a file's or directory's content last changed, in nanoseconds since 1970 in UTC; null when it was not recorded.</summary>
    public long? ModifiedAtNs { get; private init; }

    /// <summary>A file's content; null for what is none.</summary>
    public BlobRef? Blob { get; private init; }

    /// <summary>A link's text; empty for what is none.</summary>
    public ReadOnlyMemory<byte> TargetBytes { get; private init; }

    /// <summary>The text of a link; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Target => Encoding.UTF8.GetString(TargetBytes.Span);

    /// <summary>A file.</summary>
    public static DirectoryEntry File(ReadOnlyMemory<byte> path, BlobRef blob, uint mode = 0, long? modifiedAtNs = null)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return new(EntryKind.File, path) { Blob = blob, Mode = mode, ModifiedAtNs = modifiedAtNs };
    }

    /// <summary>A directory.</summary>
    public static DirectoryEntry Folder(ReadOnlyMemory<byte> path, uint mode = 0, long? modifiedAtNs = null) =>
        new(EntryKind.Directory, path) { Mode = mode, ModifiedAtNs = modifiedAtNs };

    /// <summary>A symbolic link.</summary>
    public static DirectoryEntry Symlink(ReadOnlyMemory<byte> path, ReadOnlyMemory<byte> target) =>
        new(EntryKind.Symlink, path) { TargetBytes = target };

    /// <summary>A file at a path given as text.</summary>
    public static DirectoryEntry File(string path, BlobRef blob, uint mode = 0, long? modifiedAtNs = null) =>
        File(Encoding.UTF8.GetBytes(path), blob, mode, modifiedAtNs);

    /// <summary>A directory at a path given as text.</summary>
    public static DirectoryEntry Folder(string path, uint mode = 0, long? modifiedAtNs = null) =>
        Folder(Encoding.UTF8.GetBytes(path), mode, modifiedAtNs);

    /// <summary>A symbolic link at a path given as text.</summary>
    public static DirectoryEntry Symlink(string path, string target) => Symlink(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(target));
}
