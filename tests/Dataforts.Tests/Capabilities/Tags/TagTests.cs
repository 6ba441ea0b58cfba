using CsCheck;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Intents;
using Dataforts.Capabilities.Tags;

namespace Dataforts.Tests.Capabilities.Tags;

public sealed class TagTests
{
    [Theory]
    [InlineData("causal:", TagKind.Reserved, "causal:", "", "", null)]
    [InlineData("heat:blob:zz=1", TagKind.Reserved, "heat:", "blob:zz=1", "blob:zz=1", null)]
    [InlineData("dataforts:blob-storage-unhealthy", TagKind.Reserved, "dataforts:", "blob-storage-unhealthy", "blob-storage-unhealthy", null)]
    [InlineData("fork-of:x", TagKind.Reserved, "fork-of:", "x", "x", null)]
    [InlineData("scope:tenant:x", TagKind.Reserved, "scope:", "tenant:x", "tenant:x", null)]
    [InlineData("hardware.gpu", TagKind.Axis, "hardware", "gpu", "gpu", null)]
    [InlineData("hardware.", TagKind.Axis, "hardware", "", "", null)]
    [InlineData("hardware.gpu=", TagKind.Axis, "hardware", "gpu=", "gpu", "")]
    [InlineData("software.os=a:b=c", TagKind.Axis, "software", "os=a:b=c", "os", "a:b=c")]
    [InlineData("software.os:a=b", TagKind.Axis, "software", "os:a=b", "os", "a=b")]
    [InlineData("devices.x.y=1", TagKind.Axis, "devices", "x.y=1", "x.y", "1")]
    [InlineData("dataforts.blob.storage", TagKind.Axis, "dataforts", "blob.storage", "blob.storage", null)]
    [InlineData("hardware", TagKind.Legacy, "", "hardware", "hardware", null)]
    [InlineData("Hardware.gpu", TagKind.Legacy, "", "Hardware.gpu", "Hardware.gpu", null)]
    [InlineData(" scope:x", TagKind.Legacy, "", " scope:x", " scope:x", null)]
    [InlineData("nat:open", TagKind.Legacy, "", "nat:open", "nat:open", null)]
    [InlineData("other.x=1", TagKind.Legacy, "", "other.x=1", "other.x=1", null)]
    [InlineData("Causal:x", TagKind.Legacy, "", "Causal:x", "Causal:x", null)]
    public void A_tag_is_taken_apart_by_the_grammar(string text, TagKind kind, string head, string body, string key, string? value)
    {
        Tag tag = Tag.Parse(text);
        Assert.Equal(kind, tag.Kind);
        Assert.Equal((head, body, key), (tag.Head.ToString(), tag.Body.ToString(), tag.Key.ToString()));
        Assert.Equal(value, tag.HasValue ? tag.Value.ToString() : null);
        Assert.Equal(text, tag.ToString());
    }

    [Fact]
    public void An_empty_tag_is_none()
    {
        Assert.False(Tag.TryParse("", out _));
        Assert.False(Tag.TryParse(null, out _));
        Assert.Throws<FormatException>(() => Tag.Parse(""));
    }

    [Theory]
    [InlineData("causal:1", "causal:")]
    [InlineData("dataforts:x", "dataforts:")]
    [InlineData("fork-of:", "fork-of:")]
    [InlineData("heat:x", "heat:")]
    [InlineData("scope:x", "scope:")]
    public void A_user_may_not_set_what_is_reserved(string text, string prefix)
    {
        ReservedTagException refused = Assert.Throws<ReservedTagException>(() => Tag.ParseUser(text));
        Assert.Equal((prefix, text), (refused.Prefix, refused.Tag));
        Assert.False(new CapabilityBuilder().TryAdd(text));
    }

    [Fact]
    public void A_user_may_set_anything_else() => Assert.Equal("dataforts.blob.storage", Tag.ParseUser("dataforts.blob.storage").Text);

    [Theory]
    [InlineData("software.os=linux", "software.os:linux", true)]
    [InlineData("software.os=", "software.os:", true)]
    [InlineData("software.os=", "software.os", false)]
    [InlineData("software.os=a:b", "software.os:a:b", true)]
    [InlineData("software.os=a:b", "software.os:a=b", false)]
    [InlineData("software.os=a", "software.os:b", false)]
    [InlineData("nat:open", "nat=open", false)]
    [InlineData("scope:x", "scope=x", false)]
    [InlineData("hardware.a=b", "hardware.a=b", true)]
    public void Tags_mean_the_same_when_only_the_separator_differs(string one, string other, bool same)
    {
        Assert.Equal(same, Tag.Parse(one).Means(Tag.Parse(other)));
        Assert.Equal(same, Tag.Parse(other).Means(Tag.Parse(one)));
        Assert.Equal(one == other, Tag.Parse(one) == Tag.Parse(other));
        Assert.Equal(same, new TagFacts([one]).Has(other));
    }

    [Fact]
    public void Any_text_is_rendered_as_it_came_and_means_what_its_other_spelling_means()
    {
        Gen<string> text = Gen.Select(
            Pick.Of("hardware.", "software.", "devices.", "dataforts.", "scope:", "heat:", "x.", ""), Gen.String[Gen.Char["ab=:.\u00e9"], 0, 8],
            (head, rest) => head + rest);
        text.Where(each => each.Length > 0).Sample(each =>
        {
            Tag tag = Tag.Parse(each);
            Assert.Equal(each, tag.ToString());
            Assert.Equal(each, tag.Kind == TagKind.Axis ? $"{tag.Head}.{tag.Body}" : $"{tag.Head}{tag.Body}");
            if (tag.Respelled() is not { } other) return;
            Assert.True(tag.Means(Tag.Parse(other)));
            Assert.Equal(TagMeaning.Comparer.GetHashCode(each), TagMeaning.Comparer.GetHashCode(other));
        });
    }

    [Fact]
    public void Equal_meaning_is_that_of_a_canonical_spelling()
    {
        Gen<string> text = Gen.Select(Pick.Of("hardware.", "x."), Gen.String[Gen.Char["a=:"], 0, 4], (head, rest) => head + rest);
        Gen.Select(text, text).Sample((a, b) => Assert.Equal(Canonical(a) == Canonical(b), TagMeaning.Comparer.Equals(a, b)));
    }

    [Fact]
    public void A_key_that_is_merely_there_does_not_hide_its_value() =>
        Assert.Equal("a100", new TagFacts(["hardware.gpu", "hardware.gpu=a100"]).Text("hardware.gpu"));

    private static string Canonical(string text)
    {
        int at = text.IndexOfAny(['=', ':']);
        return at < 0 || !text.StartsWith("hardware.", StringComparison.Ordinal) ? text : $"{text[..at]}={text[(at + 1)..]}";
    }
}
