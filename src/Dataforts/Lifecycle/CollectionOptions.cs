using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>What a collection is to do and how fast.</summary>
public sealed record CollectionOptions
{
    /// <summary>Only say what would be removed.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Do not wait for the grace period. Names, pins, explicit references, readers and running puts count all the same.</summary>
    public bool SkipsGrace { get; init; }

    /// <summary>What holds the collection back: told the bytes of each batch of chunks that was removed.</summary>
    /// <value>Null: as fast as it goes.</value>
    public IPace? Pace { get; init; }
}
