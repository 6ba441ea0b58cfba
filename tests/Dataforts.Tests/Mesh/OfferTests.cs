using System.Collections.Immutable;
using Dataforts.Mesh;

namespace Dataforts.Tests.Mesh;

public sealed class OfferTests
{
    [Fact]
    public void Whatever_order_its_sets_came_in_it_is_ordinal()
    {
        var offer = new Offer(
            ImmutableSortedSet.Create(StringComparer.OrdinalIgnoreCase, "b", "A", "a"),
            ImmutableSortedDictionary.CreateRange(StringComparer.OrdinalIgnoreCase, [KeyValuePair.Create("k", "v")]));
        Assert.Equal(["A", "b"], offer.Tags);
        Assert.Equal(["A", "a", "b"], offer.With(["a"]).Tags);
        Assert.Equal(2, offer.WithMetadata("K", "w").Metadata.Count);
    }

    [Fact]
    public void What_is_wrong_with_it_is_looked_up_anew_when_it_changes()
    {
        Offer fine = Offer.Empty.With(["a"]);
        Assert.Null(fine.Objection());
        Assert.Equal(1, fine.Length);
        Offer wrong = fine.With([new string('x', MeshLimits.MaxTagLength + 1)]);
        Assert.Contains(nameof(MeshLimits.MaxTagLength), wrong.Objection(), StringComparison.Ordinal);
        Assert.Equal(MeshLimits.MaxTagLength + 2, wrong.Length);
        Assert.Null((wrong with { Tags = fine.Tags }).Objection());
        Assert.Equal(3, (fine with { Metadata = fine.Metadata.Add("k", "v") }).Length);
    }

    [Fact]
    public void Every_limit_is_named_and_reaching_it_is_allowed()
    {
        string[] many = [.. Enumerable.Range(0, MeshLimits.MaxTags).Select(n => $"{n}")];
        Assert.Null(Offer.Empty.With(many).Objection());
        Objects(nameof(MeshLimits.MaxTags), Offer.Empty.With(many).With(["more"]));
        Objects(nameof(MeshLimits.MaxTagLength), Offer.Empty.With([""]));
        Assert.Null(Offer.Empty.WithMetadata("k", new string('v', MeshLimits.MaxMetadataLength - 1)).Objection());
        Objects(nameof(MeshLimits.MaxMetadataLength), Offer.Empty.WithMetadata("k", new string('v', MeshLimits.MaxMetadataLength)));
        Objects(nameof(MeshLimits.MaxOfferLength), Offer.Empty.With(Enumerable.Range(0, 2100).Select(n => $"{n}".PadLeft(500))));
        Assert.NotNull(Offer.Empty.With([null!]).Objection());
        Assert.NotNull(Offer.Empty.WithMetadata("k", null!).Objection());
    }

    private static void Objects(string limit, Offer offer) => Assert.Contains(limit, offer.Objection(), StringComparison.Ordinal);
}
