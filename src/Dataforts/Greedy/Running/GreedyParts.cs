using Dataforts.Capabilities;
using Dataforts.Content;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Eviction;

namespace Dataforts.Greedy.Running;

/// <summary>What greedy caching works with.</summary>
public sealed record GreedyParts
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Tells others what is held.</summary>
    public required IChainClaims Claims { get; init; }

    /// <summary>Tells others how the node takes part (its <c>dataforts.greedy.*</c> tags), with <see cref="DriftOffer.None"/> when it does no more; null for
    /// never. Called when that changes, before the claims that go with it, and anew after it failed.</summary>
    public Func<DriftOffer, CancellationToken, ValueTask>? Offer { get; init; }

    /// <summary>Where to read what is not cached; null for nowhere.</summary>
    public IChainHolders? Holders { get; init; }

    /// <summary>Fetches a blob ahead of its readers, in the background; null for never. True when it is here now.</summary>
    public Func<BlobRef, CancellationToken, ValueTask<bool>>? Prefetch { get; init; }

    /// <summary>Whether a chain is held otherwise than in the cache, such as one that the node itself publishes. Asked for events that wish to be
    /// with another
    /// chain; must not wait.</summary>
    public Func<ulong, bool>? HoldsOwn { get; init; }

    /// <summary>Where announcements and fetches run; they are begun one by one, in the order of their causes.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Makes the order of victims.</summary>
    internal Func<GreedyLimits, IVictimOrder> Victims { get; init; } =
        limits => new PolicyOrder(EvictionPolicies.Create(EvictionPolicies.Default, limits.TotalCapBytes));
}
