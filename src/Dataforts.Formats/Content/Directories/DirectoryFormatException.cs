namespace Dataforts.Content.Directories;

/// <summary>A directory manifest that does not decode, or an entry of one that must not be written down anywhere.</summary>
public sealed class DirectoryFormatException : BlobFormatException
{
    /// <summary>Makes one about a manifest as a whole, or about the entry at a path.</summary>
    public DirectoryFormatException(EntryFault fault, string? entry, string message)
        : base(message) => (Fault, Entry) = (fault, entry);

    /// <summary>The rule that was broken.</summary>
    public EntryFault Fault { get; }

    /// <summary>The path of the entry that broke it, as it stands there; null when it is the manifest as a whole.</summary>
    public string? Entry { get; }

    /// <summary>Says of an entry that it breaks a rule.</summary>
    internal static DirectoryFormatException Of(EntryFault fault, DirectoryEntry entry, string why) => Of(fault, entry.Path, why);

    internal static DirectoryFormatException Of(EntryFault fault, string path, string why) => new(fault, path, $"The entry '{path}' {why}.");
}
