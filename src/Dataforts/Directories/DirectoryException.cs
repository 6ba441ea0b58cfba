using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>A directory manifest, or one entry of it, is refused.</summary>
public sealed class DirectoryException : DatafortsException
{
    private DirectoryException(ErrorKind kind, DirectoryFormatException inner)
        : base(kind, inner.Message, inner) => (Fault, Entry) = (inner.Fault, inner.Entry);

    /// <summary>The rule that was broken.</summary>
    public EntryFault Fault { get; }

    /// <summary>The path of the entry that broke it, as it stands in the manifest; null when it is the manifest as a whole.</summary>
    public string? Entry { get; }

    /// <summary>The error of the format as one of the library's.</summary>
    internal static DirectoryException From(DirectoryFormatException error) => new(
        error.Fault switch
        {
            EntryFault.TooManyEntries or EntryFault.TooDeep or EntryFault.TooManyBytes => ErrorKind.LimitExceeded,
            EntryFault.Malformed or EntryFault.UnknownVersion or EntryFault.TotalMismatch or EntryFault.BadRef => ErrorKind.ManifestInvalid,
            _ => ErrorKind.UnsafeEntry,
        },
        error);
}
