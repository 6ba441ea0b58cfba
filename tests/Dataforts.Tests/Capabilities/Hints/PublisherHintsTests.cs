using CsCheck;
using Dataforts.Capabilities.Hints;

namespace Dataforts.Tests.Capabilities.Hints;

public sealed class PublisherHintsTests
{
    private static readonly string[] Keys = ["intent", "scope", "colocate-with", "colocate-with-strict", "priority", "x"];

    [Fact]
    public void Every_hint_is_read_and_other_keys_are_passed_over()
    {
        PublisherHints hints = Parse(
            ("intent", "a, b,,c"), ("scope", "scope:tenant:x,region:y"), ("colocate-with", "00000000000000ff"), ("priority", "200"), ("owner", "me"));
        Assert.Equal(["a", "b", "c"], hints.Intents);
        Assert.Equal(["tenant:x", "region:y"], hints.Scopes);
        Assert.True(hints.WantsColocation);
        Assert.False(hints.NeedsColocation);
        Assert.Equal(255UL, hints.ColocateWith);
        Assert.Equal(200, hints.Priority);
    }

    [Theory]
    [InlineData("low", 64)]
    [InlineData("normal", 128)]
    [InlineData("high", 192)]
    [InlineData("0", 0)]
    [InlineData("255", 255)]
    [InlineData("256", null)]
    [InlineData("-1", null)]
    [InlineData("urgent", null)]
    [InlineData("", null)]
    public void A_priority_is_a_word_or_a_byte(string text, int? expected) => Assert.Equal(expected, Parse(("priority", text)).Priority);

    [Theory]
    [InlineData("00000000000000FF")]
    [InlineData("ff")]
    [InlineData("000000000000000000ff")]
    [InlineData("zz000000000000ff")]
    [InlineData("")]
    public void A_target_that_is_no_chain_stays_a_wish_that_nobody_can_meet(string text)
    {
        PublisherHints hints = Parse(("colocate-with-strict", text));
        Assert.True(hints.NeedsColocation);
        Assert.Null(hints.ColocateWith);
    }

    [Fact]
    public void The_strict_wish_goes_before_the_soft_one()
    {
        PublisherHints hints = Parse(("colocate-with", "0000000000000001"), ("colocate-with-strict", "0000000000000002"));
        Assert.Equal(2UL, hints.ColocateWith);
    }

    [Fact]
    public void A_value_that_is_too_long_counts_as_empty_and_lists_end_at_their_limit()
    {
        PublisherHints hints = Parse(
            ("intent", new string('a', 1025)), ("colocate-with-strict", new string('0', 1025)), ("scope", string.Join(',', Enumerable.Range(0, 99))));
        Assert.Empty(hints.Intents);
        Assert.True(hints.NeedsColocation);
        Assert.Null(hints.ColocateWith);
        Assert.Equal(PublisherHints.MostListed, hints.Scopes.Length);
    }

    [Fact]
    public void An_events_wishes_go_before_its_publishers()
    {
        PublisherHints general = Parse(("intent", "a"), ("priority", "3"), ("colocate-with-strict", "0000000000000002"));
        PublisherHints both = Parse(("intent", "b"), ("colocate-with", "0000000000000001")).Over(general);
        Assert.Equal(["b"], both.Intents);
        Assert.Equal(3, both.Priority);
        Assert.Equal(1UL, both.ColocateWith);
        Assert.False(both.NeedsColocation);
        Assert.Same(general, PublisherHints.None.Over(general));
        Assert.Same(general, general.Over(PublisherHints.None));
    }

    [Fact]
    public void No_text_makes_it_throw() =>
        Gen.Select(Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]), Gen.String).Array[0, 8].Sample(pairs =>
        {
            PublisherHints hints = Parse(pairs);
            Assert.True(hints.Priority is null or (>= 0 and <= PublisherHints.HighestPriority));
            Assert.True(hints.Intents.Length <= PublisherHints.MostListed && hints.Scopes.Length <= PublisherHints.MostListed);
        });

    [Fact]
    public void No_hints_are_none()
    {
        Assert.Same(PublisherHints.None, PublisherHints.Parse(null));
        Assert.Same(PublisherHints.None, Parse(("owner", "me")));
    }

    private static PublisherHints Parse(params (string Key, string Value)[] pairs) =>
        PublisherHints.Parse(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));
}
