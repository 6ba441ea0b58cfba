using System.Globalization;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Peers;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;
using Dataforts.Mesh;
using Dataforts.Testing;
using Dataforts.Tests.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Capabilities.Peers;

/// <summary>The index beside a scan of everything that is known, after every step of random histories; and with readers while it changes.</summary>
public sealed class PeerIndexModelTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly BlobHash[] Blobs = [.. Enumerable.Range(0, 5).Select(i => BlobHash.Compute([(byte)i]))];
    private static readonly string[] Scopes = ["zone:a", "zone:b", "region:eu"];

    [Fact]
    public void It_answers_as_a_scan_does() => Compare(TestSeed.For(nameof(It_answers_as_a_scan_does)), 2_000);

    [Fact]
    [Slow]
    public void It_answers_as_a_scan_does_for_long() => Compare(TestSeed.For(nameof(It_answers_as_a_scan_does_for_long)), 60_000);

    [Fact]
    public async Task Readers_see_whole_answers_in_order_while_it_changes()
    {
        var time = new FakeTimeProvider(Start);
        var directory = new TestDirectory(Start);
        using PeerIndex index = PeerIndex.Follow(new NodeId(1), directory, time);
        Offer on = new CapabilityBuilder().Hold(ChainClaim.Present(7)).Build();
        using var done = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => Watch(index, done.Token)))];
        var random = TestSeed.For(nameof(Readers_see_whole_answers_in_order_while_it_changes));
        for (ulong version = 1; version <= 20_000; version++)
            directory.Announce((ulong)random.Next(2, 10), version, random.Next(3) == 0 ? Offer.Empty : on, random.Next(5));
        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(directory.Snapshot().Count(peer => peer.Offer.Tags.Count > 0), index.HoldersOf(7).Length);
    }

    private static void Watch(PeerIndex index, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            Holder[] holders = [.. index.HoldersOf(7)];
            for (int i = 1; i < holders.Length; i++) Assert.True(holders[i - 1] < holders[i]);
            Assert.Equal(holders.Length, holders.DistinctBy(holder => holder.Id).Count());
        }
    }

    private static void Compare(Random random, int steps)
    {
        var time = new FakeTimeProvider(Start);
        var directory = new TestDirectory(Start);
        using PeerIndex index = PeerIndex.Follow(new NodeId(3), directory, time);
        var model = new Dictionary<ulong, Peer>();
        Offer own = Offer.Empty;
        for (ulong step = 1; step <= (ulong)steps; step++)
        {
            ulong id = (ulong)random.Next(1, 12);
            switch (random.Next(12))
            {
                case 0:
                    directory.Remove(id);
                    model.Remove(id);
                    break;
                case 1:
                    index.SetSelf(own = RandomOffer(random, own));
                    break;
                case 2:
                    time.Advance(TimeSpan.FromSeconds(random.Next(20)));
                    break;
                default:
                    Offer before = model.TryGetValue(id, out Peer? known) ? known.Offer : Offer.Empty;
                    int age = (int)(time.GetUtcNow() - Start).TotalSeconds;
                    int? distance = random.Next(3) == 0 ? null : random.Next(4);
                    Peer peer = directory.Announce(id, step, RandomOffer(random, before), distance, age + random.Next(1, 60));
                    if (id != 3) model[id] = peer;
                    break;
            }
            foreach ((ulong gone, Peer peer) in model.ToArray())
            {
                if (peer.Deadline <= time.GetUtcNow()) model.Remove(gone);
            }
            Check(index, model.Values, own);
        }
    }

    private static Offer RandomOffer(Random random, Offer before)
    {
        var builder = new CapabilityBuilder(random.Next(4) == 0 ? Offer.Empty : before);
        for (int i = random.Next(4); i >= 0; i--)
        {
            ulong chain = (ulong)random.Next(1, 5);
            switch (random.Next(5))
            {
                case 0: builder.Hold(ChainClaim.To(chain, (ulong)random.Next(9))); break;
                case 1: builder.Release(chain); break;
                case 2: builder.Heat(chain, random.NextDouble()); break;
                case 3: builder.Heat(Blobs[random.Next(Blobs.Length)], random.Next(3) == 0 ? 0 : random.NextDouble()); break;
                default: builder.Scope(Scopes[random.Next(Scopes.Length)]); break;
            }
        }
        return builder.Build();
    }

    private static void Check(PeerIndex index, IEnumerable<Peer> peers, Offer own)
    {
        (NodeId Id, bool IsSelf, TimeSpan? RoundTrip, Offer Offer)[] nodes =
            [(new NodeId(3), true, null, own), .. peers.Select(peer => (peer.Id, false, peer.RoundTrip, peer.Offer))];
        for (ulong chain = 1; chain < 5; chain++)
        {
            string claim = $"causal:{chain:x16}:", heat = $"heat:{chain:x16}=";
            Assert.Equal(
                nodes.Where(node => node.Offer.Tags.Any(tag => tag.StartsWith(claim, StringComparison.Ordinal)))
                    .Select(node => HolderOf(node, ChainClaim.To(chain, ulong.Parse(Rest(node.Offer, claim)!)), Level(node.Offer, heat))).Order(),
                index.HoldersOf(chain));
        }
        foreach (BlobHash blob in Blobs)
        {
            string heat = $"heat:blob:{blob}=";
            Assert.Equal(
                nodes.Where(node => Rest(node.Offer, heat) is not null)
                    .Select(node => HolderOf(node, null, Level(node.Offer, heat))).Order(),
                index.HoldersOf(blob));
        }
        foreach (string scope in Scopes)
            Assert.Equal(nodes.Where(node => node.Offer.Tags.Contains($"scope:{scope}")).Select(node => HolderOf(node, null, 0)).Order(), index.NodesIn(scope));
    }

    private static Holder HolderOf((NodeId Id, bool IsSelf, TimeSpan? RoundTrip, Offer Offer) node, ChainClaim? claim, int level) =>
        new(node.Id, node.IsSelf, node.RoundTrip, claim, level);

    private static string? Rest(Offer offer, string prefix) =>
        offer.Tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];

    private static int Level(Offer offer, string prefix) =>
        Rest(offer, prefix) is { } rate ? (int)Math.Round(100 * double.Parse(rate, CultureInfo.InvariantCulture)) : 0;
}
