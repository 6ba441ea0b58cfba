namespace Dataforts.Channels;

/// <summary>Why events are not there.</summary>
public enum GapReason
{
    /// <summary>They are there.</summary>
    None,

    /// <summary>Retention or a trim has dropped them.</summary>
    Dropped,

    /// <summary>The reader was further behind than it said it wants to be (<see cref="TailOptions.MaxLagEvents"/>).</summary>
    Skipped,

    /// <summary>They were there and cannot be read: the store is damaged. Or their numbers were told ahead as <see cref="Durability.Volatile"/>, and the
    /// write failed.</summary>
    Damaged,
}
