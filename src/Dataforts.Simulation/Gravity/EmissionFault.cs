namespace Dataforts.Simulation.Gravity;

/// <summary>What is broken on purpose in E4, one at a time.</summary>
internal enum EmissionFault
{
    None,

    /// <summary>Any change worth a hundredth is told.</summary>
    NoHysteresis,

    /// <summary>The same text is told again, and nothing is taken back before it is zero to the machine.</summary>
    NoWireZero,

    /// <summary>What was told counts as told although nobody took it.</summary>
    CommitBeforeSink,
}
