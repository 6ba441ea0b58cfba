namespace Dataforts.Simulation.Experiments;

/// <summary>What is broken on purpose, so that it is seen that the acceptance notices.</summary>
internal enum NodeFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What is gone stays advertised.</summary>
    KeepsClaims,

    /// <summary>Heat that has gone stays advertised.</summary>
    KeepsHeat,

    /// <summary>A reader that meets an empty holder, or a dead one, gives up.</summary>
    AsksOnce,

    /// <summary>Copies displace others of like heat, and come back as soon as they left.</summary>
    NoHysteresis,

    /// <summary>Each withdrawal is told by itself and the whole offer with it.</summary>
    TellsEach,

    /// <summary>The application waits while a blob is fetched ahead.</summary>
    WaitsForPrefetch,

    /// <summary>The dead are not forgotten.</summary>
    NeverForgets,

    /// <summary>What a node says after a restart does not get through.</summary>
    MuteAfterRestart,

    /// <summary>All events are admitted, at any rate.</summary>
    AdmitsAll,

    /// <summary>Some decisions depend on something else than the seed.</summary>
    ForeignChance,

    /// <summary>A toggle loses what flows past meanwhile.</summary>
    LosesWhileToggling,

    /// <summary>What a peer says of heat is taken as it comes.</summary>
    BelievesForgedHeat,
}
