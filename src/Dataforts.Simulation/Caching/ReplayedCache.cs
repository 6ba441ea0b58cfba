namespace Dataforts.Simulation.Caching;

/// <summary>A cache that a trace is replayed against, and its tally.</summary>
internal abstract class ReplayedCache(string policy, long capacityBytes)
{
    private long _requests;
    private long _hits;
    private UInt128 _requestedBytes;
    private UInt128 _hitBytes;

    public long CapacityBytes { get; } = capacityBytes;

    protected abstract string Implementation { get; }

    protected long Evictions { get; set; }

    /// <summary>Replays a block.</summary>
    /// <param name="block">The requests.</param>
    /// <param name="nextUses">Where each of them is asked for again; empty when nobody looked ahead.</param>
    public void Replay(ReadOnlySpan<TraceRequest> block, ReadOnlySpan<uint> nextUses)
    {
        for (int i = 0; i < block.Length; i++)
        {
            bool hit = Request(block[i], nextUses.IsEmpty ? NextUses.Never : nextUses[i]);
            _requests++;
            _requestedBytes += block[i].SizeBytes;
            if (!hit) continue;
            _hits++;
            _hitBytes += block[i].SizeBytes;
        }
    }

    public ReplayResult Result() =>
        new(policy, Implementation, CapacityBytes, _requests, _hits, _requestedBytes, _hitBytes, Evictions);

    protected abstract bool Request(in TraceRequest request, uint nextUse);
}
