using System.Runtime.InteropServices;
using Dataforts.Capabilities;

namespace Dataforts.Gravity;

/// <summary>What the peers tell heat of, with the narrowest scope that anybody sets for a key, so that one who has a copy cannot widen what its publisher
/// keeps narrow.</summary>
/// <remarks>Not thread-safe. Meant to be kept: once it has grown, gathering allocates nothing and copies no peer's set.</remarks>
public sealed class PullOffers<TKey>
    where TKey : struct, IEquatable<TKey>, IComparable<TKey>
{
    private readonly Dictionary<TKey, (ScopeWidth Gravity, ScopeWidth Greedy, bool HasGravity, bool HasGreedy)> _floors = [];
    private readonly List<PullOffer<TKey>> _offers = [];

    /// <summary>The offers, in the order of the peers given and of what each tells; valid until the next gathering.</summary>
    public ReadOnlySpan<PullOffer<TKey>> Offers => CollectionsMarshal.AsSpan(_offers);

    /// <summary>Walks the peers twice: for the floors, then for the offers.</summary>
    /// <param name="peers">The directory's snapshot; it may be everybody's.</param>
    /// <param name="wanted">Keys that matter; all when null.</param>
    /// <param name="self">This node, which is passed over; null when it is not among them.</param>
    public void Gather(IReadOnlyList<IGravityPeer<TKey>> peers, Func<TKey, bool>? wanted = null, ulong? self = null)
    {
        ArgumentNullException.ThrowIfNull(peers);
        _floors.Clear();
        _offers.Clear();
        for (int i = 0; i < peers.Count; i++)
        {
            IGravityPeer<TKey> peer = peers[i];
            if (peer.Id == self || (!peer.IsGravityEnabled && !peer.IsGreedyEnabled)) continue;
            foreach (HeatAdvert<TKey> heat in peer.Heats.Span)
            {
                if (wanted is not null && !wanted(heat.Key)) continue;
                ref var floor = ref CollectionsMarshal.GetValueRefOrAddDefault(_floors, heat.Key, out _);
                if (peer.IsGravityEnabled) floor = floor with { Gravity = Narrower(floor.HasGravity, floor.Gravity, peer.GravityScope), HasGravity = true };
                if (peer.IsGreedyEnabled) floor = floor with { Greedy = Narrower(floor.HasGreedy, floor.Greedy, peer.GreedyScope), HasGreedy = true };
            }
        }
        for (int i = 0; i < peers.Count; i++)
        {
            IGravityPeer<TKey> peer = peers[i];
            if (peer.Id == self) continue;
            foreach (HeatAdvert<TKey> heat in peer.Heats.Span)
            {
                if (wanted is not null && !wanted(heat.Key)) continue;
                _floors.TryGetValue(heat.Key, out var floor);
                _offers.Add(new PullOffer<TKey>(
                    heat.Key, peer, heat.Level, floor.HasGravity ? floor.Gravity : peer.GravityScope, floor.HasGreedy ? floor.Greedy : peer.GreedyScope));
            }
        }
    }

    private static ScopeWidth Narrower(bool has, ScopeWidth floor, ScopeWidth scope) => has && floor < scope ? floor : scope;
}
