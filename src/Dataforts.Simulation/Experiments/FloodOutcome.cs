namespace Dataforts.Simulation.Experiments;

/// <summary>What a flood did.</summary>
/// <param name="Dropped">Fetches ahead that were passed over, as counted.</param>
/// <param name="Fetched">Fetches ahead that were made.</param>
/// <param name="Lost">Events that the application did not get.</param>
/// <param name="MostBytes">The most real bytes of the cache.</param>
/// <param name="P99">The 99th percentile of the application's wait.</param>
/// <param name="Trace">What happened.</param>
internal sealed record FloodOutcome(long Dropped, long Fetched, long Lost, long MostBytes, TimeSpan P99, string Trace);
