using System.Collections.Immutable;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Peers;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;
using Dataforts.Mesh;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Capabilities.Peers;

public sealed class PeerIndexTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly NodeId Self = new(50);
    private static readonly BlobHash Blob = BlobHash.Compute("blob"u8);
    private readonly FakeTimeProvider _time = new(Start);
    private readonly TestDirectory _directory = new(Start);
    private readonly PeerIndex _index;

    public PeerIndexTests() => _index = PeerIndex.Follow(Self, _directory, _time);

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Holders_come_self_first_then_by_distance_then_by_id()
    {
        Offer offer = Holding(7);
        _directory.Announce(4, 1, offer);
        _directory.Announce(3, 1, offer);
        _directory.Announce(2, 1, offer, roundTripMs: 20);
        _directory.Announce(9, 1, offer, roundTripMs: 5);
        _directory.Announce(8, 1, offer, roundTripMs: 5);
        Assert.Equal([8, 9, 2, 3, 4], Ids(7));
        _index.SetSelf(offer);
        Assert.Equal([50, 8, 9, 2, 3, 4], Ids(7));
        Assert.True(_index.HoldersOf(7)[0].IsSelf);
        _directory.Announce(3, 2, offer, roundTripMs: 1);
        Assert.Equal([50, 3, 8, 9, 2, 4], Ids(7));
        _index.SetSelf(Offer.Empty);
        Assert.Equal([3, 8, 9, 2, 4], Ids(7));
    }

    [Fact]
    public void An_older_announcement_is_ignored_and_an_equal_one_may_bring_a_distance()
    {
        _directory.Announce(1, 5, Holding(7));
        _directory.Announce(1, 4, Holding(8));
        Assert.Equal([1], Ids(7));
        Assert.Empty(Ids(8));
        Assert.Equal(1, _index.Counters.Rejected);
        _directory.Announce(1, 5, Holding(7), roundTripMs: 3);
        Assert.Equal(TimeSpan.FromMilliseconds(3), Assert.Single(_index.HoldersOf(7)).RoundTrip);
    }

    [Fact]
    public void A_withdrawal_takes_one_chain_and_leaves_the_others()
    {
        Offer both = new CapabilityBuilder().Hold(ChainClaim.To(7, 3), ChainClaim.Present(8)).Heat(7, 0.5).Build();
        _directory.Announce(1, 1, both);
        Assert.Equal(new Holder(new NodeId(1), false, null, ChainClaim.To(7, 3), 50), Assert.Single(_index.HoldersOf(7)));
        _directory.Announce(1, 2, new CapabilityBuilder(both).Release(7).Build());
        Assert.Empty(_index.HoldersOf(7));
        Assert.Equal([1], Ids(8));
        _directory.Remove(1);
        Assert.Empty(_index.HoldersOf(8));
        Assert.Empty(_index.All());
        Assert.Equal(1, _index.Counters.Removed);
    }

    [Fact]
    public void A_longer_hash_that_begins_the_same_is_another_chain_and_chain_0_is_none()
    {
        _directory.Announce(1, 1, Offer.Empty.With(["causal:00000000000000070", "causal:0000000000000000:0", "causal:0000000000000007[2..2]"]));
        Assert.Empty(_index.HoldersOf(7));
        Assert.Empty(_index.HoldersOf(0));
    }

    [Fact]
    public void What_is_past_its_deadline_is_in_no_answer_even_when_the_directory_says_nothing()
    {
        _directory.Announce(1, 1, Holding(7).With(["scope:zone:a"]), lifetimeSeconds: 10);
        _directory.Announce(2, 1, Holding(7), lifetimeSeconds: 20);
        _index.SetSelf(Holding(7));
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal([50, 1, 2], Ids(7));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.False(_index.TryFind(new NodeId(1), out _));
        Assert.Equal([50, 2], Ids(7));
        Assert.Empty(_index.NodesIn("zone:a"));
        Assert.Single(_index.All());
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal([50], Ids(7));
        Assert.Equal((0, 2L), (_index.Counters.Peers, _index.Counters.Expired));
    }

    [Fact]
    public void A_peer_that_announces_again_lives_on()
    {
        for (int i = 1; i <= 10; i++)
        {
            _directory.Announce(1, (ulong)i, Holding(7), lifetimeSeconds: 10 * i);
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal([1], Ids(7));
        }
        Assert.Equal((1L, 9L, 1L), (_index.Counters.Inserted, _index.Counters.Refreshed, _index.Counters.Marks));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(Ids(7));
        _directory.Announce(1, 11, Holding(7), lifetimeSeconds: 300);
        Assert.Equal([1], Ids(7));
    }

    [Fact]
    public void All_who_ask_share_one_snapshot_and_a_refresh_does_not_read_it_again()
    {
        _directory.Announce(1, 1, Holding(7).WithMetadata("intent", "inference"));
        Assert.True(_index.TryFind(new NodeId(1), out IndexedPeer? first));
        Assert.True(_index.TryFind(new NodeId(1), out IndexedPeer? second));
        Assert.Same(first, second);
        ImmutableArray<Holder> holders = _index.HoldersOf(7);
        Assert.Equal(holders, _index.HoldersOf(7));
        _directory.Announce(1, 2, Holding(7).WithMetadata("intent", "inference"));
        Assert.True(_index.TryFind(new NodeId(1), out second));
        Assert.Same(first.Capabilities, second.Capabilities);
        Assert.Equal(holders, _index.HoldersOf(7));
        Assert.Equal(["inference"], second.Hints.Intents);
        Assert.Empty(second.Capabilities.Offer.Metadata);
        _directory.Announce(1, 3, Holding(8));
        Assert.Equal([1], holders.Select(holder => (int)holder.Id.Value));
        Assert.Empty(_index.HoldersOf(7));
    }

    [Fact]
    public void An_announcement_costs_what_changed_in_it()
    {
        Offer offer = new CapabilityBuilder().Hold(Enumerable.Range(1, 5_000).Select(i => ChainClaim.Present((ulong)i))).Build();
        _directory.Announce(1, 1, offer);
        Assert.Equal(5_000, _index.Counters.Marks);
        _directory.Announce(1, 2, new CapabilityBuilder(offer).Hold(ChainClaim.To(1, 4)).Release(2).Hold(ChainClaim.Present(9_999)).Build());
        Assert.Equal(5_003, _index.Counters.Marks);
    }

    [Fact]
    public void Heat_without_a_claim_and_heat_over_the_most_is_counted_and_not_found()
    {
        BlobHash[] hashes = [.. Enumerable.Range(0, 300).Select(i => BlobHash.Compute(BitConverter.GetBytes(i)))];
        IEnumerable<string> heats = hashes.Select((hash, i) => new BlobHeat(hash, i < 256 ? 60 : 50).ToString());
        _directory.Announce(1, 1, Offer.Empty.With([.. heats, "heat:0000000000000007=0.50", "heat:x"]));
        Assert.Equal(256, hashes.Count(hash => _index.HoldersOf(hash).Length == 1));
        IndexCounters counters = _index.Counters;
        Assert.Equal((1L, 44L, 1L), (counters.HeatUnclaimed, counters.HeatSurplus, counters.HeatMalformed));
    }

    [Fact]
    public void A_peer_whose_heat_changes_too_fast_is_followed_later_and_others_are_not_slowed()
    {
        for (ulong version = 1; version <= 20; version++) _directory.Announce(1, version, Hot((int)version));
        Assert.Equal(4, Assert.Single(_index.HoldersOf(HotBlob(0))).HeatLevel);
        Assert.Equal(256 * 16, _index.Counters.HeatHeld);
        _directory.Announce(2, 1, Hot(33));
        Assert.Equal([4, 33], _index.HoldersOf(HotBlob(0)).Select(holder => holder.HeatLevel));
        _time.Advance(TimeSpan.FromSeconds(2));
        _directory.Announce(1, 21, Hot(20));
        Assert.Equal(20, _index.HoldersOf(HotBlob(255))[0].HeatLevel);
        _directory.Announce(1, 22, Offer.Empty);
        Assert.Equal(new NodeId(2), Assert.Single(_index.HoldersOf(HotBlob(0))).Id);
    }

    [Fact]
    public void Nodes_are_found_by_scope_with_or_without_its_prefix()
    {
        _directory.Announce(1, 1, Offer.Empty.With(["scope:zone:a", "scope:region:eu"]), roundTripMs: 9);
        _directory.Announce(2, 1, Offer.Empty.With(["scope:region:eu"]), roundTripMs: 3);
        Assert.Equal([2, 1], _index.NodesIn("region:eu").Select(holder => (int)holder.Id.Value));
        Assert.Equal([1], _index.NodesIn("scope:zone:a").Select(holder => (int)holder.Id.Value));
        Assert.Empty(_index.NodesIn("zone"));
    }

    [Fact]
    public void What_the_directory_says_of_this_node_is_passed_over()
    {
        _directory.Announce(Self.Value, 1, Holding(7));
        Assert.Empty(_index.HoldersOf(7));
        Assert.Equal(0, _index.Counters.Peers);
    }

    [Fact]
    public void Changes_while_it_begins_to_follow_have_the_last_word()
    {
        var directory = new TestDirectory(Start);
        directory.Announce(1, 1, Holding(7));
        directory.Announce(2, 1, Holding(7));
        directory.BeforeSnapshot = () =>
        {
            directory.Remove(1);
            directory.Announce(2, 2, Holding(8));
            directory.Announce(3, 1, Holding(7));
            directory.Remove(3);
            directory.Announce(3, 2, Holding(9));
        };
        using PeerIndex index = PeerIndex.Follow(Self, directory, _time);
        Assert.Empty(index.HoldersOf(7));
        Assert.Equal(new NodeId(2), Assert.Single(index.HoldersOf(8)).Id);
        Assert.Equal(new NodeId(3), Assert.Single(index.HoldersOf(9)).Id);
        index.Dispose();
        Assert.Equal(0, directory.Watchers);
    }

    [Fact]
    public void Finding_what_has_not_changed_allocates_nothing()
    {
        _directory.Announce(1, 1, Holding(7).With([new BlobHeat(Blob, 5).ToString()]));
        int found = Find(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        found += Find(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3 * 1_010, found);
    }

    private static Offer Holding(ulong chain) => new CapabilityBuilder().Hold(ChainClaim.Present(chain)).Build();

    private static BlobHash HotBlob(int i) => BlobHash.Compute(BitConverter.GetBytes(i));

    private static Offer Hot(int level) => Offer.Empty.With(Enumerable.Range(0, 256).Select(i => new BlobHeat(HotBlob(i), level).ToString()));

    private int Find(int times)
    {
        int found = 0;
        for (int i = 0; i < times; i++) found += _index.HoldersOf(7).Length + _index.HoldersOf(Blob).Length + (_index.TryFind(new NodeId(1), out _) ? 1 : 0);
        return found;
    }

    private int[] Ids(ulong chain) => [.. _index.HoldersOf(chain).Select(holder => (int)holder.Id.Value)];
}
