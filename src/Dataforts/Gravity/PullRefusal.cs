namespace Dataforts.Gravity;

/// <summary>Why a candidate is not pulled. The first that applies, in this order.</summary>
public enum PullRefusal
{
    /// <summary>It is pulled.</summary>
    None,

    /// <summary>The node has it.</summary>
    Held,

    /// <summary>It is on its way.</summary>
    InFlight,

    /// <summary>Nobody reads it enough.</summary>
    Cold,

    /// <summary>Its size is not known.</summary>
    UnknownSize,

    /// <summary>A copy here would be no nearer than the nearest one.</summary>
    NoGain,

    /// <summary>The zone has copies enough, or will have when those that want it more have theirs.</summary>
    ZoneServed,

    /// <summary>This tick's bytes or pulls are spent.</summary>
    OverBudget,

    /// <summary>What would have to leave is worth too much beside it, or is not enough room.</summary>
    VictimsWorthMore,
}
