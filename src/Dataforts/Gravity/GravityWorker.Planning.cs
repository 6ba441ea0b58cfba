using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataforts.Capabilities;

namespace Dataforts.Gravity;

public sealed partial class GravityWorker<TKey>
{
    // Hundredths between rates that are four-fold at the usual reference rate.
    private const int KeenMargin = 20;

    // What readers here want, what others say of it, who has it, and what could leave for it.
    private PullPlan<TKey> Plan(int[] bars, out Dictionary<TKey, IGravityPeer<TKey>> sources)
    {
        sources = [];
        TimeSpan now = _clock.Now;
        GravityStanding standing = _host.Standing;
        Dictionary<TKey, PullWish> wishes = Wishes(standing, now);
        var candidates = new List<PullCandidate<TKey>>(wishes.Count);
        long bytes = 0;
        foreach ((TKey key, PullWish wish) in wishes.OrderBy(one => one.Key))
        {
            if (Candidate(key, wish, standing, bars, sources) is not { } candidate) continue;
            candidates.Add(candidate);
            bytes = Math.Min(_policy.BytesPerTick, bytes + Math.Max(0, candidate.SizeBytes));
        }
        PullVictim<TKey>[] victims = candidates.Count == 0 ? [] : Victims(bytes, now);
        return PullPlanner.Plan<TKey>([.. candidates], victims, _host.FreeBytes, _policy);
    }

    private Dictionary<TKey, PullWish> Wishes(GravityStanding standing, TimeSpan now)
    {
        Dictionary<TKey, PullWish> wishes = [];
        foreach (HeatReading<TKey> reading in _readings.AsSpan(0, _heat.CopyRecent(_readings, now)))
        {
            if (reading.Rate >= _policy.MinRate && !_host.Holds(reading.Key))
                wishes.Add(reading.Key, new PullWish(reading.Rate, HeatEmission.Level(reading.Rate, _heat.Policy)));
        }
        if (wishes.Count == 0) return wishes;
        _offers.Gather(_host.Peers, wishes.ContainsKey, _host.Id);
        foreach (PullOffer<TKey> offer in _offers.Offers)
        {
            ref PullWish wish = ref CollectionsMarshal.GetValueRefOrNullRef(wishes, offer.Key);
            if (Unsafe.IsNullRef(ref wish)) continue;
            wish.Gravity = ScopeRule.Narrower(wish.Gravity, offer.GravityScope);
            wish.Greedy = ScopeRule.Narrower(wish.Greedy, offer.GreedyScope);
            if (IsBeside(standing, offer.Peer) && IsKeener(offer.Key, offer.Peer, offer.Level, wish.Level)) wish.Keener++;
        }
        return wishes;
    }

    private PullCandidate<TKey>? Candidate(
        TKey key, in PullWish wish, GravityStanding standing, int[] bars, Dictionary<TKey, IGravityPeer<TKey>> sources)
    {
        _holders.Clear();
        _host.AddHolders(key, _holders);
        IGravityPeer<TKey>? nearest = null;
        var bar = PullBar.None;
        TimeSpan way = default;
        int copies = 0, keener = wish.Keener;
        foreach (IGravityPeer<TKey> holder in _holders)
        {
            if (IsBeside(standing, holder))
            {
                copies++;
                if (LevelAt(holder, key) is { } level && IsKeener(key, holder, level, wish.Level)) keener--;
            }
            ScopeWidth gravity = holder.IsGravityEnabled ? ScopeRule.Narrower(wish.Gravity, holder.GravityScope) : wish.Gravity;
            ScopeWidth greedy = holder.IsGreedyEnabled ? ScopeRule.Narrower(wish.Greedy, holder.GreedyScope) : wish.Greedy;
            PullBar one = PullAdmission.Judge(standing, _isEnabled, holder.Zone, holder.Region, gravity, greedy);
            TimeSpan trip = _host.RoundTripTo(holder);
            if (one != PullBar.None) bar = one;
            else if (nearest is null || (trip, holder.Id).CompareTo((way, nearest.Id)) < 0) (nearest, way) = (holder, trip);
        }
        if (nearest is null)
        {
            if (bar != PullBar.None) bars[(int)bar]++;
            return null;
        }
        sources[key] = nearest;
        return new PullCandidate<TKey>(key, wish.Rate, _host.SizeBytesOf(key), way)
        {
            IsInFlight = _host.IsInFlight(key),
            ZoneCopies = copies,
            ZoneRank = Math.Max(0, keener),
        };
    }

    private PullVictim<TKey>[] Victims(long bytes, TimeSpan now)
    {
        var named = new List<(TKey Key, long SizeBytes)>();
        _host.AddVictims(bytes, named);
        var victims = new List<PullVictim<TKey>>(named.Count);
        foreach ((TKey key, long sizeBytes) in named)
        {
            _holders.Clear();
            _host.AddHolders(key, _holders);
            if (!MayDrop(key)) continue;
            victims.Add(new PullVictim<TKey>(key, _heat.Rate(key, now), sizeBytes, _holders.Min(_host.RoundTripTo)));
        }
        return [.. victims];
    }

    // The last copy there is never makes room. Where all others are copies too, and each could go because of the others, the first in an order that all
    // of them agree on stays.
    private bool MayDrop(TKey key)
    {
        (ulong, ulong) own = (Turn(key, _host.Id), _host.Id);
        foreach (IGravityPeer<TKey> holder in _holders)
        {
            if (holder.Keeps(key) || (Turn(key, holder.Id), holder.Id).CompareTo(own) < 0) return true;
        }
        return false;
    }

    // What peers tell is a tick old and off by the ratio, so only much more is more; the rest take turns in an order that all of them agree on.
    private bool IsKeener(TKey key, IGravityPeer<TKey> peer, int level, int own) => Math.Abs(level - own) > KeenMargin
        ? level > own : (Turn(key, peer.Id), peer.Id).CompareTo((Turn(key, _host.Id), _host.Id)) < 0;

    // A node's turn for a key: highest random weight (D. Thaler and C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998).
    private static ulong Turn(TKey key, ulong id)
    {
        ulong mixed = ((uint)key.GetHashCode() + (id * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
        return (mixed ^ (mixed >> 31)) * 0x94D049BB133111EB;
    }

    private static bool IsBeside(GravityStanding standing, IGravityPeer<TKey> peer) => standing.Zone is { } zone && peer.Zone == zone;

    private static int? LevelAt(IGravityPeer<TKey> peer, TKey key)
    {
        foreach (HeatAdvert<TKey> heat in peer.Heats.Span)
        {
            if (heat.Key.Equals(key)) return heat.Level;
        }
        return null;
    }
}
