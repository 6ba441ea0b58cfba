using Dataforts.Content;

namespace Dataforts.Directories.Installing;

/// <summary>The names that a replacement of a tree uses in the folder around it. They follow from the tree's own name, so that whoever comes next
/// finds them.</summary>
internal sealed record InstallPaths
{
    public const string Prefix = ".dataforts-";
    public const string NewEnd = ".new", OldEnd = ".old";
    private const string JournalEnd = ".journal";
    private const int KeyDigits = 16;

    public InstallPaths(string destination)
    {
        Destination = destination;
        Folder = Path.GetDirectoryName(destination)!;
        BlobHash name = BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(destination)));
        string stem = Path.Combine(Folder, Prefix + name.ToString()[..KeyDigits]);
        Journal = stem + JournalEnd;
        New = stem + NewEnd;
        Old = stem + OldEnd;
    }

    /// <summary>The tree.</summary>
    public string Destination { get; }

    /// <summary>The folder it is in.</summary>
    public string Folder { get; }

    /// <summary>Says what is going on, and is locked while it does.</summary>
    public string Journal { get; }

    /// <summary>Where the new tree is made.</summary>
    public string New { get; }

    /// <summary>Where the old tree is while it has no other place.</summary>
    public string Old { get; }

    /// <summary>The journals in a folder, whoever's they are.</summary>
    public static IEnumerable<string> JournalsIn(string folder) =>
        Directory.EnumerateFiles(folder, Prefix + new string('?', KeyDigits) + JournalEnd, new EnumerationOptions { AttributesToSkip = 0 });
}
