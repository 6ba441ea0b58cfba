using CsCheck;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Tests.Capabilities;

public sealed class CapabilitySetTests
{
    [Fact]
    public void Projections_are_read_as_they_were_written() =>
        Gen.Select(
            Gen.Select(Gen.Bool, Gen.ULong, Gen.ULong, Gen.Bool, (storage, total, free, overflow) => new BlobOffer(storage, total, free, overflow)),
            Gen.Select(Gen.Bool, Gen.Enum<ScopeWidth>(), Gen.Byte, (enabled, width, proximity) => new DriftOffer(enabled, width, proximity)))
        .Sample((blob, drift) =>
        {
            var set = new CapabilitySet(new CapabilityBuilder().Blob(blob).Drift(DriftAxis.Gravity, drift).Build());
            Assert.Equal(blob, set.Blob);
            Assert.Equal(drift, set.Gravity);
            Assert.Equal(DriftOffer.None, set.Greedy);
        });

    [Fact]
    public void What_cannot_be_read_is_the_default()
    {
        var set = new CapabilitySet(Offer.Empty.With(
        [
            "dataforts.blob.disk_free_gb=-1", "dataforts.blob.disk_total_gb=x", "dataforts.greedy.scope=Galaxy", "dataforts.greedy.proximity=256",
            "dataforts.gravity.scope=ZONE", "dataforts.gravity.enabled",
        ]));
        Assert.Equal(BlobOffer.None, set.Blob);
        Assert.Equal(DriftOffer.None, set.Greedy);
        Assert.Equal(new DriftOffer(true, ScopeWidth.Zone, 0), set.Gravity);
        Assert.Same(set.Gravity, set.Gravity);
        Assert.Same(set.Facts, set.Facts);
    }

    [Fact]
    public void A_narrower_projection_replaces_the_wider_one()
    {
        CapabilityBuilder builder = new CapabilityBuilder().Drift(DriftAxis.Greedy, new(true, ScopeWidth.Mesh, 9));
        builder.Drift(DriftAxis.Greedy, new(false, ScopeWidth.Node, 0));
        Assert.Equal(["dataforts.greedy.scope=node"], builder.Build().Tags);
    }

    [Theory]
    [InlineData("mesh", "mesh", "mesh", "zone:a", "zone:b", true)]
    [InlineData("zone", "mesh", "mesh", "zone:a", "zone:a", true)]
    [InlineData("zone", "mesh", "mesh", "zone:a", "zone:b", false)]
    [InlineData("mesh", "zone", "mesh", "zone:a", "zone:b", false)]
    [InlineData("mesh", "mesh", "zone", "zone:a", "zone:b", false)]
    [InlineData("mesh", "mesh", "zone", "zone:a", "zone:a", true)]
    [InlineData("region", "zone", "zone", "region:a", "region:a", false)]
    [InlineData("region", "mesh", "mesh", "region:a", "region:a", true)]
    [InlineData("region", "mesh", "mesh", "region:a", "region:b", false)]
    [InlineData("region", "mesh", "mesh", "zone:a", "zone:a", true)]
    [InlineData("region", "mesh", "mesh", "zone:a", "region:a", false)]
    [InlineData("zone", "mesh", "mesh", "", "", false)]
    [InlineData("zone", "mesh", "mesh", "zone:", "zone:", false)]
    [InlineData("node", "mesh", "mesh", "zone:a", "zone:a", false)]
    [InlineData("mesh", "mesh", "node", "zone:a", "zone:a", false)]
    public void The_narrowest_wish_decides_and_places_are_compared_by_name(
        string local, string greedy, string gravity, string here, string there, bool allowed)
    {
        var own = new CapabilitySet(Offer.Empty.With([$"scope:{here}", $"dataforts.gravity.scope={local}", "dataforts.greedy.scope=node"]));
        var publisher = new CapabilitySet(Offer.Empty.With([$"scope:{there}", $"dataforts.greedy.scope={greedy}", $"dataforts.gravity.scope={gravity}"]));
        Assert.Equal(allowed, ScopeRule.MayTake(own, DriftAxis.Gravity, publisher));
        Assert.False(ScopeRule.MayTake(own, DriftAxis.Greedy, publisher));
    }

    [Fact]
    public void A_claim_replaces_every_form_of_the_same_chain_and_no_other()
    {
        Offer start = Offer.Empty.With(
            ["causal:00000000000000ff", "causal:00000000000000ff:3", "causal:00000000000000ff[1..2]", "causal:00000000000000ff0", "causal:0000000000000100"]);
        Offer held = new CapabilityBuilder(start).Hold(ChainClaim.To(0xff, 9)).Build();
        Assert.Equal(["causal:00000000000000ff0", "causal:00000000000000ff:9", "causal:0000000000000100"], held.Tags);
        Offer heated = new CapabilityBuilder(held).Heat(0xff, 0.5).Heat(0xff, 0.25).Build();
        Assert.Contains("heat:00000000000000ff=0.25", heated.Tags);
        Assert.Equal(["causal:00000000000000ff0", "causal:0000000000000100"], new CapabilityBuilder(heated).Release(0xff).Build().Tags);
        Assert.Equal(held.Tags, new CapabilityBuilder(held).HoldRange(0xff, 5, 5).Build().Tags);
    }

    [Fact]
    public void Heat_is_bounded_and_goes_at_zero()
    {
        BlobHash hash = BlobHash.Compute("x"u8);
        CapabilityBuilder builder = new CapabilityBuilder().Heat(hash, 7).Heat(hash, double.NaN).Heat(0, 0.5).Heat(5, double.PositiveInfinity);
        Assert.Equal([$"heat:blob:{hash}=1.00"], builder.Build().Tags);
        Assert.Empty(builder.Heat(hash, 0.004).Build().Tags);
    }

    [Fact]
    public void Scopes_without_a_name_say_nothing() => Assert.Equal(
        ["scope:region:eu", "scope:subnet-local", "scope:tenant:t", "scope:x", "scope:zone:z"],
        new CapabilityBuilder().Region("eu").Region("").Zone("z").Tenant("t").Tenant("").SubnetLocal().Scope("global").Scope("").Scope("scope:x").Build().Tags);

    [Fact]
    public void A_users_tag_replaces_its_other_spelling()
    {
        var builder = new CapabilityBuilder();
        Assert.True(builder.TryAdd("software.os=linux"));
        Assert.True(builder.TryAdd("software.os:linux"));
        Assert.Equal(["software.os:linux"], builder.Build().Tags);
        Assert.Empty(builder.Remove("software.os=linux").Build().Tags);
    }

    [Fact]
    public void A_difference_leads_from_one_set_to_the_other()
    {
        Gen<string[]> tags = Pick.Of("a", "b", "hardware.x=1", "hardware.x:1", "hardware.x=2", "scope:s", "software.y:", "software.y=").Array[0, 6];
        Gen<Dictionary<string, string>> metadata = Gen.Dictionary(Pick.Of("k", "l", "m"), Pick.Of("1", "2"))[0, 3];
        Gen.Select(tags, metadata, tags, metadata).Sample((oldTags, oldKeys, newTags, newKeys) =>
        {
            CapabilitySet before = SetOf(oldTags, oldKeys), after = SetOf(newTags, newKeys);
            CapabilityDiff diff = CapabilityDiff.Between(before, after);
            Assert.Equal(after.Offer.Tags.Where(tag => !before.Has(tag)), diff.Added);
            Assert.Equal(before.Offer.Tags.Where(tag => !after.Has(tag)), diff.Removed);
            Assert.Equal(
                oldKeys.Keys.Union(newKeys.Keys).Order(StringComparer.Ordinal)
                    .Select(key => new MetadataChange(key, oldKeys.GetValueOrDefault(key), newKeys.GetValueOrDefault(key)))
                    .Where(change => change.Before != change.After),
                diff.Metadata);
            Assert.Equal(diff.IsEmpty, after.Means(before));
        });
    }

    [Fact]
    public void Tags_in_another_order_are_put_in_order_first()
    {
        var odd = new Offer(Offer.Empty.Tags.Union(["b", "a", "C"]).WithComparer(StringComparer.OrdinalIgnoreCase), Offer.Empty.Metadata);
        Assert.Equal(["a", "b", "C"], odd.Tags);
        Assert.Equal(["C", "a", "b"], new CapabilitySet(odd).Offer.Tags);
    }

    private static CapabilitySet SetOf(string[] tags, Dictionary<string, string> metadata) =>
        new(metadata.Aggregate(Offer.Empty.With(tags), (offer, pair) => offer.WithMetadata(pair.Key, pair.Value)));
}
