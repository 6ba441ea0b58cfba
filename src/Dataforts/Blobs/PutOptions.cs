using Dataforts.Chunking;
using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>How a payload is stored and what becomes of it.</summary>
public sealed record PutOptions
{
    /// <summary>What kind of ref.</summary>
    /// <value><see cref="BlobShape.Auto"/>.</value>
    public BlobShape Shape { get; init; }

    /// <summary>How to cut; ignored for a Small, and nothing but 4 MiB fixed for a Manifest.</summary>
    /// <value>Null: the store's profile.</value>
    public ChunkingProfile? Profile { get; init; }

    /// <summary>How the content is protected against loss. Reed-Solomon makes a Tree of any content but none, whose every object may be lost
    /// up to m at a time; not with a Small or a Manifest.</summary>
    /// <value>Replicated: each chunk is stored once.</value>
    public BlobEncoding Encoding { get; init; }

    /// <summary>With Reed-Solomon: leave what does not fill the last stripe without parity, as other implementations of the format do, so that
    /// trees are the same as theirs.</summary>
    public bool ReplicateTail { get; init; }

    /// <summary>The ref's URI.</summary>
    /// <value>Null: <c>mesh://</c> and the hash of the content (Small, Manifest) or of the root node (Tree).</value>
    public string? Uri { get; init; }

    /// <summary>Whether to hash the content as a whole as well, and to keep that hash.</summary>
    public bool RecordContentHash { get; init; }

    /// <summary>The name to give.</summary>
    /// <value>Null: none; the blob may be collected after the grace period.</value>
    public string? Name { get; init; }

    /// <summary>Refuse when the name exists, before anything is stored.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>When the name ceases to be.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The blob is a part of something that the caller makes a root of, inside one session: by itself it is given no time.</summary>
    internal bool IsPart { get; init; }

    /// <summary>What is reached when the call returns.</summary>
    /// <value><see cref="Durability.Buffered"/>.</value>
    public Durability Durability
    {
        get;
        init
        {
            // What is only in memory would be collected with its ref out in the world.
            if (value == Durability.Volatile) throw new ArgumentOutOfRangeException(nameof(value), "a blob is at least Buffered; Volatile is for events");
            field = value;
        }
    } = Durability.Buffered;
}
