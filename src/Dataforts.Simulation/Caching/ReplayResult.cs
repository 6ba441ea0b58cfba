namespace Dataforts.Simulation.Caching;

/// <summary>What a cache of one policy and capacity made of a trace.</summary>
/// <param name="Policy">The name it was asked for by.</param>
/// <param name="Implementation">What it is.</param>
/// <param name="CapacityBytes">How much it may hold.</param>
/// <param name="Requests">All requests, also those that are larger than the capacity.</param>
/// <param name="Hits">How many of them were held, in the size asked for.</param>
/// <param name="RequestedBytes">The sizes of all requests.</param>
/// <param name="HitBytes">The sizes of the hits.</param>
/// <param name="Evictions">Entries that made room for others. A refused or replaced one is none.</param>
public sealed record ReplayResult(
    string Policy, string Implementation, long CapacityBytes, long Requests, long Hits, UInt128 RequestedBytes, UInt128 HitBytes, long Evictions)
{
    /// <summary>Hits by requests; 0 for an empty trace.</summary>
    public double HitRatio => Requests == 0 ? 0 : (double)Hits / Requests;

    /// <summary>Bytes of hits by bytes of requests; 0 when no byte was asked for.</summary>
    public double ByteHitRatio => RequestedBytes == 0 ? 0 : (double)HitBytes / (double)RequestedBytes;
}
