namespace Dataforts.Content.Directories;

/// <summary>Which names are fit for a tree.</summary>
public enum EntryRules
{
    /// <summary>Names that mean the same file on every system: the same rules everywhere, whatever system this is.</summary>
    Portable,

    /// <summary>Names that a Unix system tells apart. Case and composition count, and backslashes, colons, names of devices and bytes that are
    /// no UTF-8 are letters like others. What could lead out of the tree is refused as ever.</summary>
    Unix,
}
