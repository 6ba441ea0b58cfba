namespace Dataforts.Store;

/// <summary>What a root keeps beside the blob it stands for. It is said by whoever makes the root and never guessed from bytes. Values are on
/// disk and never change.</summary>
public enum RootReach : byte
{
    /// <summary>The blob: all chunks and nodes that its ref reaches.</summary>
    Blob = 0,

    /// <summary>The blob, which is the manifest of a directory tree, and every blob that the manifest lists.</summary>
    Directory = 1,
}
