using Dataforts.Blobs;
using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>How a tree is published and what becomes of it.</summary>
public sealed record DirectoryPutOptions
{
    /// <summary>The name to give the tree; it keeps all that the tree reaches.</summary>
    /// <value>Null: none; the tree may be collected after the grace period.</value>
    public string? Name { get; init; }

    /// <summary>Refuse when the name exists, before anything is read.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>When the name ceases to be.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What is reached when the call returns.</summary>
    /// <value><see cref="Durability.Buffered"/>.</value>
    public Durability Durability { get; init; } = Durability.Buffered;

    /// <summary>The form of the manifest. <see cref="ManifestForm.Shared"/>, asked for, also makes large files refs that others can fetch
    /// (<see cref="BlobShape"/> Manifest), which allows no file above 16 GiB.</summary>
    /// <value>Null: the shared form where it can say all that is wanted, else the compact one; large files are Trees.</value>
    public ManifestForm? Version { get; init; }

    /// <summary>Whether to record when files and directories last changed; two publishes of one content may then differ.</summary>
    public bool RecordTimes { get; init; }

    /// <summary>By which names the tree is judged. With <see cref="EntryRules.Unix"/> names of any bytes are taken.</summary>
    public EntryRules Rules { get; init; }

    /// <summary>Whether entries that would be refused when the tree is fetched fail the call; otherwise they are recorded as they are, and told
    /// in <see cref="DirectoryPutResult.Unsafe"/>.</summary>
    public bool RefuseUnsafe { get; init; }

    /// <summary>Whether a file that changes while it is read is taken as it was read last, and told in <see cref="DirectoryPutResult.Changed"/>;
    /// otherwise it fails the call.</summary>
    public bool KeepChanged { get; init; }

    /// <summary>How large the tree may be.</summary>
    public DirectoryLimits Limits { get; init; } = new();
}
