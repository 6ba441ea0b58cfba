namespace Dataforts.Simulation.Gravity;

/// <summary>What is broken on purpose, one at a time, to see that the figures show it.</summary>
internal enum DriftFault
{
    None,

    /// <summary>Nothing is pulled.</summary>
    Frozen,

    /// <summary>Heat is counted where a copy is, as if demand without a copy were none.</summary>
    HeatOnHitOnly,

    /// <summary>A pull needs to gain only as much as what leaves is worth.</summary>
    NoHysteresis,

    /// <summary>Only the last reads count: what was just read is pulled, and takes the place of what was read before it.</summary>
    Forgetful,

    /// <summary>Heat never decays, so yesterday's favourites stay.</summary>
    NoDecay,
}
