using Dataforts.Greedy.Eviction;

namespace Dataforts.Simulation.Caching;

/// <summary>Replays one trace against caches of several policies and capacities at once. The trace is streamed; memory follows what the caches hold.</summary>
public sealed class TraceReplay
{
    /// <summary>The name of the offline optimum, which looks ahead and so needs a trace that can be read twice.</summary>
    public const string Belady = "belady";

    private const int BlockLength = 1 << 15;

    private readonly List<ReplayedCache> _caches = [];
    private readonly TraceRequest[] _block = new TraceRequest[BlockLength];
    private readonly uint[] _ahead = new uint[BlockLength];
    private NextUses? _nextUses;
    private long _replayed;

    /// <summary>All names a cache can be added by.</summary>
    public static IReadOnlyList<string> Policies { get; } = [.. EvictionPolicies.Names.Take(3), Belady, .. EvictionPolicies.Names.Skip(3)];

    /// <summary>Whether a cache was added that looks ahead: <see cref="LookAheadAsync"/> comes first then.</summary>
    public bool LooksAhead { get; private set; }

    /// <summary>Adds a cache.</summary>
    /// <exception cref="ArgumentException">No policy has that name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    public void Add(string policy, long capacityBytes)
    {
        if (policy == Belady)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(capacityBytes, EvictionPolicies.MaxCapacityBytes);
            LooksAhead = true;
            _caches.Add(new BeladyCache(policy, capacityBytes));
            return;
        }
        _caches.Add(new PolicyCache(policy, EvictionPolicies.Create(policy, capacityBytes)));
    }

    /// <summary>Reads the whole trace to learn what is asked for again, and when.</summary>
    /// <exception cref="TraceFormatException">A line is malformed.</exception>
    public async Task LookAheadAsync(Stream trace, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var reader = new TraceReader(trace);
        var nextUses = new NextUses();
        for (int count; (count = await reader.ReadAsync(_block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            for (int i = 0; i < count; i++) nextUses.Add(_block[i]);
            progress?.Report(reader.BytesRead);
            cancellationToken.ThrowIfCancellationRequested();
        }
        nextUses.Complete();
        _nextUses = nextUses;
    }

    /// <summary>Replays the trace.</summary>
    /// <exception cref="TraceFormatException">A line is malformed, or there are more than when looking ahead.</exception>
    /// <exception cref="InvalidOperationException">Nobody looked ahead, and a cache needs it.</exception>
    public async Task RunAsync(Stream trace, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var reader = new TraceReader(trace);
        for (int count; (count = await reader.ReadAsync(_block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            Replay(count, cancellationToken);
            progress?.Report(reader.BytesRead);
        }
    }

    /// <summary>Replays requests that are at hand.</summary>
    public void Run(ReadOnlySpan<TraceRequest> trace, CancellationToken cancellationToken)
    {
        if (LooksAhead)
        {
            _nextUses = new NextUses();
            foreach (ref readonly TraceRequest request in trace) _nextUses.Add(request);
        }
        while (!trace.IsEmpty)
        {
            int count = Math.Min(BlockLength, trace.Length);
            trace[..count].CopyTo(_block);
            Replay(count, cancellationToken);
            trace = trace[count..];
        }
    }

    /// <summary>What became of each cache, in the order in which they were added.</summary>
    public IReadOnlyList<ReplayResult> Results() => [.. _caches.Select(cache => cache.Result())];

    private void Replay(int count, CancellationToken cancellationToken)
    {
        if (LooksAhead) LookUp(count);
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        // Each cache is on its own, so that the outcome does not depend on who runs when.
        Parallel.ForEach(_caches, options, cache => cache.Replay(_block.AsSpan(0, count), LooksAhead ? _ahead.AsSpan(0, count) : []));
        _replayed += count;
    }

    private void LookUp(int count)
    {
        if (_nextUses is null) throw new InvalidOperationException($"{Belady} needs {nameof(LookAheadAsync)} first.");
        if (_replayed + count > _nextUses.Count) throw new TraceFormatException(_nextUses.Count + 1, "the trace grew while it was read");
        _nextUses.CopyTo(_replayed, _ahead.AsSpan(0, count));
    }
}
