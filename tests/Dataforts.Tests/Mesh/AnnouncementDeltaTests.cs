using CsCheck;
using Dataforts.Mesh;

namespace Dataforts.Tests.Mesh;

public sealed class AnnouncementDeltaTests
{
    private static readonly Gen<Offer> Offers =
        from tags in Gen.Int[0, 40].Select(n => $"software.t{n}").HashSet[0, 30]
        from keys in Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], (k, v) => ($"k{k}", $"v{v}")).Array[0, 12]
        select keys.Aggregate(Offer.Empty.With(tags), (offer, pair) => offer.WithMetadata(pair.Item1, pair.Item2));

    [Fact]
    public void A_change_leads_from_one_offer_to_the_other() => Gen.Select(Offers, Offers).Sample((before, after) =>
    {
        AnnouncementDelta delta = AnnouncementDelta.Between(Of(before, 1), Of(after, 2));
        Offer made = delta.ApplyTo(before);
        Assert.Equal(after.Tags, made.Tags);
        Assert.Equal(after.Metadata, made.Metadata);
        Assert.Equal((1UL, 2UL), (delta.BaseVersion, delta.Version));
        Assert.DoesNotContain(delta.Added, before.Tags.Contains);
        Assert.DoesNotContain(delta.Removed, after.Tags.Contains);
    });

    [Fact]
    public void One_tag_among_ten_thousand_costs_about_one_tag()
    {
        Offer large = Offer.Empty.With(Enumerable.Range(0, 10_000).Select(n => $"causal:{n:x16}"));
        AnnouncementDelta delta = AnnouncementDelta.Between(Of(large, 1), Of(large.With(["causal:ffffffffffffffff"]), 2));
        Assert.InRange(delta.WireBytes, 23, 128);
        Assert.True(Of(large, 1).WireBytes > 200_000);
    }

    private static Announcement Of(Offer offer, ulong version) => new(new NodeId(1), version, MeshLimits.DefaultLifetime, offer);
}
