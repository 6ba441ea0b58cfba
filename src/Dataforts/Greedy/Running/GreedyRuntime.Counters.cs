using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Greedy.Running;

public sealed partial class GreedyRuntime
{
    private readonly StripedCounter[] _refusals = new StripedCounter[(int)AdmissionRefusal.Budget + 1];
    private readonly StripedCounter[] _pullsRefused = new StripedCounter[(int)PullRefused.ScopeMismatch + 1];
    private readonly StripedCounter _failedAnnouncements = new();
    private readonly StripedCounter _droppedPrefetches = new();
    private readonly StripedCounter _failedPrefetches = new();
    private readonly StripedCounter _prefetches = new();
    private readonly StripedCounter _stale = new();

    /// <summary>What was counted since the start.</summary>
    public GreedyCounters Counters => new(
        _cache.Evictions, _cache.Readmissions, _cache.Misses, _stale.Value, _failedAnnouncements.Value, _prefetches.Value, _failedPrefetches.Value,
        _droppedPrefetches.Value, _cache.LiveCount, _cache.ClaimCount, _cache.UnclaimedCount, _cache.UsedBytes,
        _cache.Budget.AvailableBytes(_time.GetTimestamp()));

    /// <summary>Events that were refused for a reason, since the start.</summary>
    public long Refusals(AdmissionRefusal reason) => _refusals[(int)reason].Value;

    /// <summary>Blobs of admitted events that were not to be fetched ahead for a reason, or, for none, that were.</summary>
    public long Pulls(PullRefused reason) => _pullsRefused[(int)reason].Value;

    /// <summary>What is counted of a chain; null for one that is not followed.</summary>
    public ChannelCounters? CountersOf(in ChannelKey key) => _cache.CountersOf(in key);

    internal bool Owns(System.Diagnostics.Metrics.Instrument instrument) => _meter.Owns(instrument);

    private DispatchOutcome Refuse(AdmissionRefusal reason)
    {
        _refusals[(int)reason].Add(1);
        return DispatchOutcome.Refused;
    }

    private DispatchOutcome Refused(AppendOutcome outcome)
    {
        switch (outcome)
        {
            case AppendOutcome.Stale:
                _stale.Add(1);
                return DispatchOutcome.Stale;
            case AppendOutcome.Off:
                return DispatchOutcome.Off;
            case AppendOutcome.NoBudget:
                return Refuse(AdmissionRefusal.Budget);
            case AppendOutcome.EvictedLately:
                return Refuse(AdmissionRefusal.Readmission);
            default:
                return Refuse(AdmissionRefusal.Capacity);
        }
    }
}
