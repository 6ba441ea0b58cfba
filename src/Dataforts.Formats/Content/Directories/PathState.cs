namespace Dataforts.Content.Directories;

/// <summary>What a tree has at a path.</summary>
internal enum PathState : byte
{
    /// <summary>Nothing.</summary>
    Unknown,

    /// <summary>A directory that has no entry of its own and is there because something is below it.</summary>
    Implied,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file.</summary>
    File,

    /// <summary>A symbolic link.</summary>
    Symlink,
}
