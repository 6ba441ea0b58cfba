namespace Dataforts.Lifecycle;

/// <summary>What a collection is to do and how fast.</summary>
public sealed record CollectionOptions
{
    /// <summary>Only say what would be removed.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Do not wait for the grace period. Names, pins, explicit references, readers and running puts count all the same.</summary>
    public bool SkipsGrace { get; init; }

    /// <summary>The most chunks to remove in a second; asked before each batch, so that it can be changed while a collection runs.</summary>
    /// <value>Null: as fast as it goes.</value>
    public CollectionPace? Pace { get; init; }
}
