using System.IO.Hashing;
using System.Text;
using CsCheck;
using Dataforts.Channels;

namespace Dataforts.Tests.Channels;

public sealed class ChannelNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("sensors/north-1/temp_c.v2")]
    [InlineData("a/..b/b..")]
    [InlineData("...")]
    [InlineData("0")]
    [InlineData("-")]
    [InlineData("con/nul.")]
    public void A_good_name_is_one(string text)
    {
        var name = ChannelName.Parse(text);
        Assert.Equal(text, name.ToString());
        Assert.Equal(text.Split('/').Length, name.Depth);
        Assert.Equal(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text)), name.Hash);
        Assert.True(ChannelName.TryParse(text, out ChannelName? again));
        Assert.Equal(name, again);
        Assert.Equal(name.GetHashCode(), again.GetHashCode());
    }

    [Theory]
    [InlineData("", ChannelNameFault.Empty, null)]
    [InlineData("A", ChannelNameFault.InvalidCharacter, 'A')]
    [InlineData("a b", ChannelNameFault.InvalidCharacter, ' ')]
    [InlineData("a#b", ChannelNameFault.InvalidCharacter, '#')]
    [InlineData("ä", ChannelNameFault.InvalidCharacter, 'ä')]
    [InlineData("a\\b", ChannelNameFault.InvalidCharacter, '\\')]
    [InlineData("a\0", ChannelNameFault.InvalidCharacter, '\0')]
    [InlineData("/a", ChannelNameFault.Format, null)]
    [InlineData("a/", ChannelNameFault.Format, null)]
    [InlineData("a//b", ChannelNameFault.Format, null)]
    [InlineData("/", ChannelNameFault.Format, null)]
    [InlineData(".", ChannelNameFault.Format, null)]
    [InlineData("..", ChannelNameFault.Format, null)]
    [InlineData("a/../b", ChannelNameFault.Format, null)]
    [InlineData("./a", ChannelNameFault.Format, null)]
    public void A_bad_name_says_what_is_wrong(string text, ChannelNameFault fault, char? character)
    {
        ChannelNameException error = Assert.Throws<ChannelNameException>(() => ChannelName.Parse(text));
        Assert.Equal((fault, character, text.Length), (error.Fault, error.Character, error.Length));
        Assert.False(ChannelName.TryParse(text, out _));
    }

    [Fact]
    public void The_longest_name_has_255_bytes()
    {
        Assert.Equal(255, ChannelName.Parse(new string('a', 255)).Value.Length);
        ChannelNameException error = Assert.Throws<ChannelNameException>(() => ChannelName.Parse(new string('a', 256)));
        Assert.Equal((ChannelNameFault.TooLong, 256), (error.Fault, error.Length));
        Assert.Contains("255", error.Message, StringComparison.Ordinal);
        Assert.Equal(ChannelNameFault.TooLong, Assert.Throws<ChannelNameException>(() => ChannelName.Parse(new string('é', 1_000_000))).Fault);
    }

    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/b/c", true)]
    [InlineData("a", "a/b/c", true)]
    [InlineData("a/b", "a/bc", false)]
    [InlineData("a/b", "a", false)]
    [InlineData("b", "a/b", false)]
    public void A_prefix_ends_at_a_slash(string prefix, string name, bool expected) =>
        Assert.Equal(expected, ChannelName.Parse(prefix).IsPrefixOf(ChannelName.Parse(name)));

    [Fact]
    public void Any_text_is_a_name_or_is_refused_with_a_reason() => Gen.String.Sample(text =>
    {
        bool isName = ChannelName.TryParse(text, out ChannelName? name);
        return isName
            ? name!.Value == text && text.Length is > 0 and <= 255
            : Assert.Throws<ChannelNameException>(() => ChannelName.Parse(text)).Message.Length > 0;
    });
}
