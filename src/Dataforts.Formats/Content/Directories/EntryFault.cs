namespace Dataforts.Content.Directories;

/// <summary>Why an entry of a directory manifest, or the manifest, is refused. New ones may be added at the end.</summary>
public enum EntryFault
{
    /// <summary>The bytes are no directory manifest: cut, followed by something, a number or text that is written wrongly.</summary>
    Malformed = 1,

    /// <summary>The manifest is of a version this code does not know.</summary>
    UnknownVersion,

    /// <summary>What the manifest says of itself at its end is not what it holds.</summary>
    TotalMismatch,

    /// <summary>The entries are not in the order of their paths.</summary>
    NotInOrder,

    /// <summary>The path or one of its components is empty.</summary>
    EmptyName,

    /// <summary>A path or link that begins at a root or names a drive.</summary>
    Absolute,

    /// <summary>A component is <c>.</c> or <c>..</c>.</summary>
    DotName,

    /// <summary>A NUL or another control character.</summary>
    ControlCharacter,

    /// <summary>A backslash or a colon, which some systems take for more than a letter.</summary>
    ForbiddenCharacter,

    /// <summary>A name that is a device on some system.</summary>
    DeviceName,

    /// <summary>A component that ends in a dot or a space, which some systems drop.</summary>
    TrailingDotOrSpace,

    /// <summary>A component, path or link text that is longer than allowed.</summary>
    NameTooLong,

    /// <summary>A name that is not UTF-8.</summary>
    NotUtf8,

    /// <summary>A path that is there twice.</summary>
    Duplicate,

    /// <summary>Two paths that are one on a system that ignores case or how characters are composed.</summary>
    Collision,

    /// <summary>An entry below something that is no directory.</summary>
    BelowFile,

    /// <summary>An entry below a symbolic link.</summary>
    BelowSymlink,

    /// <summary>A link that leads out of the tree.</summary>
    LinkLeavesTree,

    /// <summary>A link that leads through another link, so that where it ends cannot be told from its text.</summary>
    LinkThroughLink,

    /// <summary>The ref of a file breaks a rule of refs.</summary>
    BadRef,

    /// <summary>More entries than allowed.</summary>
    TooManyEntries,

    /// <summary>A path of more components than allowed.</summary>
    TooDeep,

    /// <summary>More bytes of content than allowed.</summary>
    TooManyBytes,
}
