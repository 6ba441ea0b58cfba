namespace Dataforts.Simulation.Caching.Traces;

/// <summary>All generators there are. A new one is a method in <see cref="TraceKinds"/> and a line here.</summary>
public static class TraceCatalog
{
    /// <summary>Each once.</summary>
    public static IReadOnlyList<TraceGenerator> All { get; } =
    [
        new("zipf", "Zipf's law, popularity at rest, one size.", TraceKinds.Zipf),
        new("zipf-drift", "Zipf's law, popularity drifts slowly.", TraceKinds.ZipfDrift),
        new("zipf-shift", "Zipf's law, popularity is dealt anew five times.", TraceKinds.ZipfShift),
        new("scan", "Zipf's law with long scans between.", TraceKinds.Scan),
        new("loop", "Loops of several lengths, one size.", TraceKinds.Loop),
        new("shifting-loop", "A loop that moves on with each round.", TraceKinds.ShiftingLoop),
        new("loop-zipf", "A loop amid requests by Zipf's law.", TraceKinds.LoopZipf),
        new("mixed-sizes", "Zipf's law, log-normal sizes without relation to popularity.", TraceKinds.MixedSizes),
        new("cdn", "One-hit wonders, drifting popularity, heavy-tailed sizes.", TraceKinds.Cdn),
        new("recency", "What was asked for of late is asked for again.", TraceKinds.Recency),
        new("oltp", "Database pages: recency, a hot set, a log, short scans.", TraceKinds.Oltp),
        new("block", "Block storage: mixed sizes, loops, scans, hot spots.", TraceKinds.Block),
        new("bursts", "Flash crowds over a quiet background.", TraceKinds.Bursts),
        new("write-read-soon", "Written once, read a few times soon, never again.", TraceKinds.WriteReadSoon),
        new("weekly", "Days, nights and weekends, each with favourites of its own.", TraceKinds.Weekly),
        new("key-value", "Small values, strong drift.", TraceKinds.KeyValue),
        new("phases", "Turns between phases for recency, for frequency and for loops.", TraceKinds.Phases),
        new("mixed-scan", "Heavy-tailed sizes, drift, and scans of large objects.", TraceKinds.MixedScan),
        new("mixed-recency", "Recency with log-normal sizes.", TraceKinds.MixedRecency),
        new("giants", "Few objects, some nearly as large as a cache.", TraceKinds.Giants),
        new("versions", "Zipf's law; now and then an object is written anew in another size.", TraceKinds.Versions),
    ];

    /// <summary>The generator of a name, or null.</summary>
    public static TraceGenerator? Find(string name) => All.FirstOrDefault(generator => generator.Name == name);
}
