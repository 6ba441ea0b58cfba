using Dataforts.Chunking;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>What a caller says of content beside its ref when it stores it.</summary>
public sealed record ClaimOptions
{
    /// <summary>Nothing beside the ref, <see cref="Durability.Buffered"/>.</summary>
    public static ClaimOptions Default { get; } = new();

    /// <summary>How a Tree's content was cut, so that cutting it again gives its root. Ignored for other refs.</summary>
    /// <value>Null: <see cref="Nodes"/> say.</value>
    public ChunkingProfile? Profile { get; init; }

    /// <summary>Where a Tree's nodes can be read; they are verified from the root's hash down. Goes before <see cref="Profile"/>.</summary>
    /// <value>Null: the profile says.</value>
    public IChunkSource? Nodes { get; init; }

    /// <summary>What is reached when the call returns. <see cref="Durability.Durable"/> needs <see cref="AdapterCapabilities.Durable"/>.</summary>
    /// <value><see cref="Durability.Buffered"/>.</value>
    public Durability Durability { get; init; } = Durability.Buffered;
}
