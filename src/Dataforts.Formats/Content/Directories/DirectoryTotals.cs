namespace Dataforts.Content.Directories;

/// <summary>What is in a tree.</summary>
/// <param name="Files">Regular files.</param>
/// <param name="Directories">Directories with an entry of their own; the root has none.</param>
/// <param name="Symlinks">Symbolic links.</param>
/// <param name="Bytes">Content of the files, each counted though it be there twice.</param>
public readonly record struct DirectoryTotals(long Files, long Directories, long Symlinks, ulong Bytes)
{
    /// <summary>All entries.</summary>
    public long Entries => Files + Directories + Symlinks;

    /// <summary>With one entry more.</summary>
    /// <exception cref="OverflowException">More bytes than 64 bits can count.</exception>
    public DirectoryTotals Plus(DirectoryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Kind switch
        {
            EntryKind.File => this with { Files = Files + 1, Bytes = checked(Bytes + entry.Blob!.SizeBytes) },
            EntryKind.Directory => this with { Directories = Directories + 1 },
            _ => this with { Symlinks = Symlinks + 1 },
        };
    }
}
