using Dataforts.Capabilities;
using Dataforts.Gravity;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Gravity;

public sealed class PullOffersTests
{
    private static readonly GravityStanding Local = new() { Zone = "z1", Region = "r1" };

    [Fact]
    public void The_narrowest_of_two_advertisers_binds_and_one_that_takes_no_part_does_not()
    {
        FakePeer mesh = new(1) { Heats = new HeatAdvert<ulong>[] { new(7, 50) } };
        FakePeer zone = new(2) { GravityScope = ScopeWidth.Zone, Heats = new HeatAdvert<ulong>[] { new(7, 40) } };
        FakePeer none = new(3)
        {
            GravityScope = ScopeWidth.Node,
            IsGravityEnabled = false,
            IsGreedyEnabled = false,
            Heats = new HeatAdvert<ulong>[] { new(7, 90) },
        };
        var offers = new PullOffers<ulong>();
        offers.Gather([mesh, zone, none]);
        Assert.Equal(
            [
                new PullOffer<ulong>(7, mesh, 50, ScopeWidth.Zone, ScopeWidth.Mesh),
                new PullOffer<ulong>(7, zone, 40, ScopeWidth.Zone, ScopeWidth.Mesh),
                new PullOffer<ulong>(7, none, 90, ScopeWidth.Zone, ScopeWidth.Mesh),
            ],
            offers.Offers.ToArray());
        Assert.Same(mesh, offers.Offers[0].Peer);
        offers.Gather([none]);
        Assert.Equal(ScopeWidth.Node, offers.Offers[0].GravityScope);
    }

    [Fact]
    public void Verdicts_are_those_of_a_version_that_copies_each_set()
    {
        Random random = TestSeed.For(nameof(Verdicts_are_those_of_a_version_that_copies_each_set));
        var offers = new PullOffers<ulong>();
        for (int round = 0; round < 300; round++)
        {
            FakePeer[] peers = [.. Enumerable.Range(0, random.Next(1, 12)).Select(id => Peer(random, (ulong)id))];
            FakePeer[] before = [.. peers];
            offers.Gather(peers);
            (ulong Key, FakePeer Copy)[] copies = [.. Copying(peers)];
            Assert.Equal(
                copies.Select(copy => (copy.Key, copy.Copy.Id, Judge(copy.Copy))),
                offers.Offers.ToArray().Select(offer => (offer.Key, offer.Peer.Id, PullAdmission.Judge(Local, true, offer))));
            Assert.All(offers.Offers.ToArray(), offer => Assert.Contains(offer.Peer, peers, ReferenceEqualityComparer.Instance));
            Assert.Equal(before, peers);
        }
    }

    [Fact]
    public void Gathering_again_allocates_nothing()
    {
        Random random = TestSeed.For(nameof(Gathering_again_allocates_nothing));
        FakePeer[] peers = [.. Enumerable.Range(0, 100).Select(id => Peer(random, (ulong)id))];
        var offers = new PullOffers<ulong>();
        offers.Gather(peers);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) offers.Gather(peers);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_is_not_wanted_is_not_gathered()
    {
        var offers = new PullOffers<ulong>();
        offers.Gather([new FakePeer(1) { Heats = new HeatAdvert<ulong>[] { new(1, 1), new(2, 2) } }], key => key == 2);
        Assert.Equal(2UL, Assert.Single(offers.Offers.ToArray()).Key);
    }

    [Fact]
    public void Each_bar_has_its_reason_and_the_first_one_shows()
    {
        Assert.Equal(PullBar.NoStorage, Judge(Local with { HasStorage = false, Proximity = 0 }, false));
        Assert.Equal(PullBar.GravityDisabled, Judge(Local with { Proximity = 0 }, false));
        Assert.Equal(PullBar.ProximityZero, Judge(Local with { Proximity = 0, IsHealthy = false }, true));
        Assert.Equal(PullBar.Unhealthy, Judge(Local with { IsHealthy = false, Scope = ScopeWidth.Node }, true));
        Assert.Equal(PullBar.ScopeMismatch, Judge(Local with { Scope = ScopeWidth.Zone }, true));
        Assert.Equal(PullBar.None, Judge(Local, true));
        Assert.Equal(PullBar.ScopeMismatch, PullAdmission.Judge(new GravityStanding(), true, null, null, ScopeWidth.Zone, ScopeWidth.Mesh));
    }

    private static PullBar Judge(FakePeer peer) => PullAdmission.Judge(Local, true, peer.Zone, peer.Region, peer.GravityScope, peer.GreedyScope);

    private static PullBar Judge(GravityStanding local, bool isEnabled) =>
        PullAdmission.Judge(local, isEnabled, "z2", "r1", ScopeWidth.Mesh, ScopeWidth.Region);

    private static FakePeer Peer(Random random, ulong id) => new(id)
    {
        IsGravityEnabled = random.Next(3) > 0,
        IsGreedyEnabled = random.Next(3) > 0,
        GravityScope = (ScopeWidth)random.Next(4),
        GreedyScope = (ScopeWidth)random.Next(4),
        Zone = random.Next(4) is > 0 and var zone ? $"z{zone}" : null,
        Region = random.Next(3) is > 0 and var region ? $"r{region}" : null,
        Heats = Enumerable.Range(0, 8).Where(_ => random.Next(2) == 0).Select(key => new HeatAdvert<ulong>((ulong)key, random.Next(1, 101))).ToArray(),
    };

    // As the reference does it: each candidate has its own copy of the advertiser's set, its two scopes replaced.
    private static IEnumerable<(ulong Key, FakePeer Copy)> Copying(FakePeer[] peers)
    {
        foreach (FakePeer peer in peers)
        {
            foreach (HeatAdvert<ulong> heat in peer.Heats.ToArray())
            {
                FakePeer[] tellers = [.. peers.Where(other => other.Heats.ToArray().Any(one => one.Key == heat.Key))];
                ScopeWidth? gravity = tellers.Where(other => other.IsGravityEnabled).Min(other => (ScopeWidth?)other.GravityScope);
                ScopeWidth? greedy = tellers.Where(other => other.IsGreedyEnabled).Min(other => (ScopeWidth?)other.GreedyScope);
                yield return (heat.Key, peer with { GravityScope = gravity ?? peer.GravityScope, GreedyScope = greedy ?? peer.GreedyScope });
            }
        }
    }
}
