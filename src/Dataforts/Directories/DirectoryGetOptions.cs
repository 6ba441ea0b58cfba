using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>How a tree is fetched into a folder.</summary>
public sealed record DirectoryGetOptions
{
    /// <summary>Patterns of which an entry, or a folder above it, must match one: <c>*</c>, <c>?</c>, <c>[a-z]</c> within a component, <c>**</c> for any
    /// number of components; without a slash a name at any depth. The whole manifest is checked all the same.</summary>
    /// <value>Empty: everything.</value>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Whether what the destination has beside the tree goes; otherwise it stays.</summary>
    public bool Delete { get; init; }

    /// <summary>Whether the tree is on stable storage before it takes its place: one flush of the whole file system.</summary>
    /// <value><see cref="Durability.Buffered"/>.</value>
    public Durability Durability { get; init; } = Durability.Buffered;

    /// <summary>By which names the tree is judged.</summary>
    public EntryRules Rules { get; init; }

    /// <summary>Whether links that would be refused are left out, and told in <see cref="DirectoryGetResult.LeftOut"/>; otherwise they fail the call.</summary>
    public bool SkipUnsafeLinks { get; init; }

    /// <summary>How large the tree may be.</summary>
    public DirectoryLimits Limits { get; init; } = new();

    /// <summary>Bytes that are to be left free on the device. <see cref="TreeLimits.SpareBytes"/> by default.</summary>
    public long SpareBytes { get; init; } = TreeLimits.SpareBytes;

    /// <summary>How long to wait for another run that puts a tree in the same place.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
