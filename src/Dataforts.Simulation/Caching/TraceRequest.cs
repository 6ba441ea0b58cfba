namespace Dataforts.Simulation.Caching;

/// <summary>One request of a trace.</summary>
/// <param name="Time">When, in the trace's own unit. Carried along; no policy looks at it.</param>
/// <param name="Key">What was asked for.</param>
/// <param name="SizeBytes">How large it was then.</param>
public readonly record struct TraceRequest(ulong Time, ulong Key, ulong SizeBytes);
