using CsCheck;
using Dataforts.Capabilities.Peers;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Tests.Capabilities.Peers;

public sealed class OfferFilterTests
{
    [Fact]
    public void Heat_of_a_chain_needs_a_claim_in_any_form()
    {
        PeerOffer offer = OfferFilter.Read(Offer.Empty.With(
        [
            "causal:0000000000000001", "causal:0000000000000002:7", "causal:0000000000000003[1..2]", "causal:00000000000000041",
            "heat:0000000000000001=0.10", "heat:0000000000000002=0.20", "heat:0000000000000003=0.30",
            "heat:0000000000000004=0.40", "heat:0000000000000005=0.50",
        ]));
        Assert.Equal(new FilterCounts(2, 0, 0, 0), offer.Dropped);
        Assert.Equal([(1UL, 10), (2UL, 20), (3UL, 30)], offer.Chains.Select(mark => (mark.Key, mark.Level)));
        Assert.DoesNotContain("heat:0000000000000004=0.40", offer.Capabilities.Offer.Tags);
        Assert.Contains("causal:00000000000000041", offer.Capabilities.Offer.Tags);
    }

    [Fact]
    public void What_a_peer_wants_and_does_not_hold_is_kept_apart_from_what_it_holds_and_bounded()
    {
        PeerOffer offer = OfferFilter.Read(Offer.Empty.With(
        [
            "causal:0000000000000001", "heat:want:0000000000000001=0.90", "heat:want:0000000000000002=0.10", "heat:want:0000000000000002=0.20",
            "heat:want:0000000000000003=2.00", .. Enumerable.Range(10, 300).Select(i => $"heat:want:{i:x16}=0.50"),
        ]));
        Assert.Equal([1UL], offer.Claims.Select(claim => claim.Chain));
        Assert.Equal(PeerLimits.MaxChainWants, offer.Wants.Length);
        Assert.Equal(new FilterCounts(0, 303 - PeerLimits.MaxChainWants, 1, 0), offer.Dropped);
        Assert.DoesNotContain(offer.Wants, mark => mark.Key is 1 or 2);
        Assert.All(offer.Wants, mark => Assert.Null(mark.Claim));
    }

    [Fact]
    public void The_hottest_blobs_stay_and_of_equals_those_with_the_lowest_hash()
    {
        BlobHash[] hashes = [.. Enumerable.Range(0, 600).Select(i => BlobHash.Compute(BitConverter.GetBytes(i)))];
        BlobHeat[] heats = [.. hashes.Select((hash, i) => new BlobHeat(hash, 40 + (i % 3)))];
        PeerOffer offer = OfferFilter.Read(Offer.Empty.With(heats.Select(heat => heat.ToString())));
        Assert.Equal(
            heats.OrderByDescending(heat => heat.Level).ThenBy(heat => heat.Hash).Take(256).OrderBy(heat => heat.Hash), offer.BlobHeats);
        Assert.Equal(600 - 256, offer.Dropped.Surplus);
        Assert.Equal(256, offer.Capabilities.Offer.Tags.Count);
        Assert.Equal(600, OfferFilter.ReadOwn(Offer.Empty.With(heats.Select(heat => heat.ToString()))).BlobHeats.Count());
    }

    [Fact]
    public void Of_two_heats_of_one_thing_the_hotter_counts()
    {
        BlobHash hash = BlobHash.Compute("x"u8);
        PeerOffer offer = OfferFilter.Read(Offer.Empty.With(
        [
            $"heat:blob:{hash}=0.20", $"heat:blob:{hash}=0.70", $"heat:blob:{hash}=0.50",
            "causal:0000000000000001", "heat:0000000000000001=0.3", "heat:0000000000000001=0.9",
        ]));
        Assert.Equal([new BlobHeat(hash, 70)], offer.BlobHeats);
        Assert.Equal(90, offer.Chains[0].Level);
        Assert.Equal(3, offer.Dropped.Surplus);
    }

    [Fact]
    public void Of_several_claims_the_one_that_reaches_furthest_counts()
    {
        PeerOffer offer = OfferFilter.Read(Offer.Empty.With(
            ["causal:0000000000000001", "causal:0000000000000001:7", "causal:0000000000000001[3..9]", "causal:0000000000000001[5..9]"]));
        Assert.Equal([ChainClaim.Range(1, 3, 9)], offer.Claims);
    }

    [Fact]
    public void Reserved_keys_become_wishes_and_steer_nothing()
    {
        Offer raw = Offer.Empty.WithMetadata("intent", "ml-training").WithMetadata("owner", "me").WithMetadata("priority", "high")
            .WithMetadata("colocate-with", "00000000000000ff").WithMetadata("colocate-with-strict", "00000000000000fe")
            .WithMetadata("tool::x::input_schema", "{}");
        PeerOffer offer = OfferFilter.Read(raw);
        Assert.Equal(["tool::x::input_schema"], offer.Capabilities.Offer.Metadata.Keys);
        Assert.Equal(5, offer.Dropped.Keys);
        Assert.Equal(["ml-training"], offer.Hints.Intents);
        Assert.Equal(0xfeUL, offer.Hints.ColocateWith);
        Assert.Equal(raw, OfferFilter.ReadOwn(raw).Capabilities.Offer);
    }

    [Fact]
    public void Unknown_tags_stay_and_text_that_only_begins_as_heat_goes()
    {
        PeerOffer offer = OfferFilter.Read(Offer.Empty.With(
            ["nat:open", "new:thing", "causal:later-form", "scope:x", "heat:", "heat:blob:zz=1", "heat:later-form=0.5", "dataforts:new"]));
        Assert.Equal(["causal:later-form", "dataforts:new", "nat:open", "new:thing", "scope:x"], offer.Capabilities.Offer.Tags);
        Assert.Equal(3, offer.Dropped.Malformed);
    }

    [Fact]
    public void What_is_whole_is_passed_on_as_the_same_object()
    {
        Offer raw = Offer.Empty.With(["causal:0000000000000001", "heat:0000000000000001=0.50", "hardware.gpu"]);
        Assert.Same(raw, OfferFilter.Read(raw).Capabilities.Offer);
    }

    [Fact]
    public void Whatever_is_announced_is_read_the_same_when_it_is_read_again() =>
        Gen.Select(
                Pick.Of("heat:", "heat:blob:", "causal:", "causal:0000000000000001", "heat:0000000000000001=0.5", "scope:", ""),
                Gen.String[Gen.Char["0af=:[]."], 0, 6], (a, b) => a + b)
            .Where(tag => tag.Length > 0).Array[0, 12].Sample(tags =>
            {
                PeerOffer once = OfferFilter.Read(Offer.Empty.With(tags)), twice = OfferFilter.Read(once.Capabilities.Offer);
                Assert.Equal(default, twice.Dropped);
                Assert.Equal(once.Chains, twice.Chains);
                Assert.Equal(once.Blobs, twice.Blobs);
            });
}
