namespace Dataforts.Store;

/// <summary>How a store is scrubbed.</summary>
public sealed record ScrubOptions
{
    /// <summary>Where to begin: the <see cref="ScrubProgress.Position"/> that an earlier run told last.</summary>
    /// <value>The beginning.</value>
    public ScrubPosition From { get; init; }

    /// <summary>What holds the reading back, such as a <see cref="Store.Pace"/>.</summary>
    /// <value>Null: as fast as the device reads.</value>
    public IPace? Pace { get; init; }

    /// <summary>Where the right bytes may be had.</summary>
    /// <value>Null: nowhere; what is wrong goes into quarantine.</value>
    public IChunkRepair? Repair { get; init; }
}
