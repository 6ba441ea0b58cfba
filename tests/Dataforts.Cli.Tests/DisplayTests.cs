using Dataforts.Cli.Output;

namespace Dataforts.Cli.Tests;

public sealed class DisplayTests
{
    [Theory]
    [InlineData("plain größe 日本 😀", "plain größe 日本 😀")]
    [InlineData("a\nb\tc\u007f\u0085", @"a\u{a}b\u{9}c\u{7f}\u{85}")]
    [InlineData("\u202ex\u2066\u200f\u061c\u2028", @"\u{202e}x\u{2066}\u{200f}\u{61c}\u{2028}")]
    public void Control_and_bidirectional_characters_are_shown_by_number(string text, string shown) => Assert.Equal(shown, Display.Escape(text));

    [Fact]
    public void Half_a_surrogate_pair_is_shown_by_number() => Assert.Equal(@"a\u{d83d}b\u{de00}", Display.Escape("a\ud83db\ude00"));
}
