using Dataforts.Greedy.Eviction;

namespace Dataforts.Simulation.Caching;

/// <summary>A cache run by one of the policies that a node may use.</summary>
internal sealed class PolicyCache(string policy, IEvictionPolicy eviction) : ReplayedCache(policy, eviction.CapacityBytes)
{
    protected override string Implementation => eviction.Implementation;

    protected override bool Request(in TraceRequest request, uint nextUse)
    {
        // A size beyond what a policy can count is beyond every capacity too.
        long size = request.SizeBytes > (ulong)EvictionPolicies.MaxCapacityBytes ? long.MaxValue : (long)request.SizeBytes;
        bool hit = eviction.Request(request.Key, size) == RequestOutcome.Hit;
        Evictions += eviction.Victims.Length;
        return hit;
    }
}
