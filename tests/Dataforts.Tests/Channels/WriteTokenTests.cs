using CsCheck;
using Dataforts.Channels;

namespace Dataforts.Tests.Channels;

public sealed class WriteTokenTests
{
    [Fact]
    public void A_token_comes_back_from_its_text() => Gen.Select(Gen.ULong, Gen.UInt, Gen.ULong).Sample((channel, epoch, sequence) =>
    {
        var token = new WriteToken(channel, epoch, sequence);
        string text = token.ToString();
        return text.Length <= WriteToken.MaxTextLength && WriteToken.Parse(text) == token;
    });

    [Theory]
    [InlineData("0123456789abcdef:1:42", true)]
    [InlineData("0000000000000000:0:0", true)]
    [InlineData("ffffffffffffffff:4294967295:18446744073709551615", true)]
    [InlineData("0123456789ABCDEF:1:42", false)]
    [InlineData("0123456789abcdeg:1:42", false)]
    [InlineData("123456789abcdef:1:42", false)]
    [InlineData("0123456789abcdef:01:42", false)]
    [InlineData("0123456789abcdef:1:042", false)]
    [InlineData("0123456789abcdef:1:", false)]
    [InlineData("0123456789abcdef::1", false)]
    [InlineData("0123456789abcdef:1", false)]
    [InlineData("0123456789abcdef:1:42:", false)]
    [InlineData("0123456789abcdef:1:42 ", false)]
    [InlineData(" 0123456789abcdef:1:42", false)]
    [InlineData("0123456789abcdef:+1:42", false)]
    [InlineData("0123456789abcdef:4294967296:42", false)]
    [InlineData("0123456789abcdef:1:18446744073709551616", false)]
    [InlineData("", false)]
    public void Only_the_one_text_form_is_read(string text, bool isToken)
    {
        Assert.Equal(isToken, WriteToken.TryParse(text, out WriteToken token));
        if (isToken) Assert.Equal(text, token.ToString());
        else Assert.Throws<FormatException>(() => WriteToken.Parse(text));
    }

    [Fact]
    public void A_long_text_is_refused_by_its_length() =>
        Assert.Contains("48", Assert.Throws<FormatException>(() => WriteToken.Parse(new string('0', 1_000_000))).Message, StringComparison.Ordinal);
}
