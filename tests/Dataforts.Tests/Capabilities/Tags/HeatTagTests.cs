using System.Globalization;
using CsCheck;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;

namespace Dataforts.Tests.Capabilities.Tags;

public sealed class HeatTagTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly Gen<string> Mutated = Gen.Select(
        Pick.Of(
            $"heat:blob:{Hex}=0.42", "heat:00000000000000ff=0.42", "causal:00000000000000ff[3..9]", "causal:00000000000000ff:12", "causal:00000000000000ff"),
        Gen.Select(Gen.Int[0, 90], Gen.Char["0019afgFZ=:.[]-+eE \u0130\uff10\ud800"]).Array[0, 4],
        (tag, edits) => edits.Aggregate(tag, (text, edit) => Edited(text, edit.Item1 % text.Length, edit.Item2)));

    [Theory]
    [InlineData("0.42", 42)]
    [InlineData("1.00", 100)]
    [InlineData("0.01", 1)]
    [InlineData("1", 100)]
    [InlineData("0.5", 50)]
    [InlineData(".5", 50)]
    [InlineData("0.125", 13)]
    [InlineData("5e-1", 50)]
    [InlineData("0.00", 0)]
    [InlineData("0", 0)]
    [InlineData("0.004", 0)]
    [InlineData("1.01", 0)]
    [InlineData("-0.5", 0)]
    [InlineData("-0", 0)]
    [InlineData("+0.5", 0)]
    [InlineData("NaN", 0)]
    [InlineData("nan", 0)]
    [InlineData("inf", 0)]
    [InlineData("Infinity", 0)]
    [InlineData("1e999", 0)]
    [InlineData("", 0)]
    [InlineData("0,5", 0)]
    [InlineData(" 0.5", 0)]
    [InlineData("0.5 ", 0)]
    [InlineData("0.5=0.5", 0)]
    [InlineData("0.500000000000000000000000000000000000", 0)]
    public void Only_a_rate_that_shows_is_heat(string rate, int level)
    {
        Assert.Equal(level > 0, BlobHeat.TryParse($"heat:blob:{Hex}={rate}", out BlobHeat blob));
        Assert.Equal(level, blob.Level);
        Assert.Equal(level > 0, ChainHeat.TryParse($"heat:00000000000000ff={rate}", out ChainHeat chain));
        Assert.Equal(level, chain.Level);
    }

    [Theory]
    [InlineData("heat:00000000000000ff=0.42")]
    [InlineData("heat:blob:00=0.42")]
    [InlineData($"heat:blob:{Hex}0=0.42")]
    [InlineData($"heat:blob:zz{Hex}=0.42")]
    [InlineData("heat:blob:zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef=0.42")]
    [InlineData("heat:blob:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef=0.42")]
    [InlineData("heat:blob:\u013123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0=0.42")]
    [InlineData($"heat:blob:{Hex}")]
    [InlineData($"heat:blob:{Hex}=")]
    [InlineData($"heat:blob:{Hex}:0.42")]
    [InlineData($"Heat:blob:{Hex}=0.42")]
    [InlineData($"hardware.blob:{Hex}=0.42")]
    [InlineData("")]
    public void What_is_no_blob_heat_is_none(string tag) => Assert.False(BlobHeat.TryParse(tag, out _));

    [Theory]
    [InlineData("heat:00000000000000ff00=0.42")]
    [InlineData("heat:ff=0.42")]
    [InlineData("heat:00000000000000FF=0.42")]
    [InlineData("heat:0000000000000000=0.42")]
    [InlineData("heat:00000000000000ff")]
    [InlineData("heat:00000000000000ff:0.42")]
    public void What_is_no_chain_heat_is_none(string tag) => Assert.False(ChainHeat.TryParse(tag, out _));

    [Fact]
    public void Hex_is_read_byte_for_byte_as_a_general_parser_reads_it() => Gen.Byte.Array[32].Select(Gen.Int[1, 100]).Sample((bytes, level) =>
    {
        string tag = $"heat:blob:{Convert.ToHexStringLower(bytes)}={(level / 100.0).ToString("F2", CultureInfo.InvariantCulture)}";
        Assert.True(BlobHeat.TryParse(tag, out BlobHeat heat));
        for (int i = 0; i < 32; i++) Assert.Equal(Convert.ToByte(tag.Substring(10 + (2 * i), 2), 16), heat.Hash.Span[i]);
        Assert.Equal(level, heat.Level);
        Assert.Equal(tag, heat.ToString());
        Assert.Equal(tag, BlobHeat.Format(heat.Hash, level));
    });

    [Fact]
    public void Every_character_but_the_sixteen_digits_is_refused_at_every_place()
    {
        for (int at = 0; at < 64; at++)
        {
            for (int character = 0; character <= 0x17f; character++)
            {
                string hex = string.Concat(Hex.AsSpan(0, at), [(char)character], Hex.AsSpan(at + 1));
                Assert.Equal(char.IsAsciiHexDigitLower((char)character), BlobHeat.TryParse($"heat:blob:{hex}=0.50", out _));
            }
        }
    }

    [Fact]
    public void Damaged_tags_never_throw_and_what_is_read_says_the_same_when_written()
    {
        Mutated.Sample(tag =>
        {
            if (BlobHeat.TryParse(tag, out BlobHeat blob)) Assert.True(BlobHeat.TryParse(blob.ToString(), out BlobHeat again) && again == blob);
            if (ChainHeat.TryParse(tag, out ChainHeat chain)) Assert.True(ChainHeat.TryParse(chain.ToString(), out ChainHeat same) && same == chain);
            if (ChainClaim.TryParse(tag, out ChainClaim claim)) Assert.Equal(tag, claim.ToString());
        });
        Gen.String.Sample(text => Assert.False(BlobHeat.TryParse(text, out _) || ChainHeat.TryParse(text, out _) || ChainClaim.TryParse(text, out _)));
    }

    [Fact]
    public void Level_0_and_chain_0_have_no_tag()
    {
        Assert.Null(BlobHeat.Format(BlobHash.Parse(Hex), 0));
        Assert.Null(ChainHeat.Format(7, 0));
        Assert.Null(ChainHeat.Format(0, 50));
        Assert.Equal("heat:0000000000000007=0.50", ChainHeat.Format(7, 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChainHeat.Format(7, 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobHeat.Format(BlobHash.Parse(Hex), -1));
    }

    [Theory]
    [InlineData("causal:00000000000000ff", null, false)]
    [InlineData("causal:00000000000000ff:0", 0UL, false)]
    [InlineData("causal:00000000000000ff:18446744073709551614", ulong.MaxValue - 1, false)]
    [InlineData("causal:00000000000000ff[3..9]", 8UL, true)]
    public void A_claim_is_read_and_written_the_same(string tag, ulong? tip, bool isRange)
    {
        Assert.True(ChainClaim.TryParse(tag, out ChainClaim claim));
        Assert.Equal((0xffUL, tip, isRange), (claim.Chain, claim.Tip, claim.IsRange));
        Assert.Equal(tag, claim.ToString());
        Assert.True(ChainClaim.IsOf(0xff, tag));
        Assert.False(ChainClaim.IsOf(0xf, tag));
    }

    [Theory]
    [InlineData("causal:00000000000000ff0")]
    [InlineData("causal:00000000000000fff")]
    [InlineData("causal:00000000000000f")]
    [InlineData("causal:00000000000000FF")]
    [InlineData("causal:0000000000000000:0")]
    [InlineData("causal:00000000000000ff:")]
    [InlineData("causal:00000000000000ff:01")]
    [InlineData("causal:00000000000000ff:-1")]
    [InlineData("causal:00000000000000ff:18446744073709551615")]
    [InlineData("causal:00000000000000ff:18446744073709551616")]
    [InlineData("causal:00000000000000ff[3..3]")]
    [InlineData("causal:00000000000000ff[4..3]")]
    [InlineData("causal:00000000000000ff[3..9")]
    [InlineData("causal:00000000000000ff[3-9]")]
    [InlineData("causal:00000000000000ff[..]")]
    [InlineData("causal:00000000000000ff[1..2]x")]
    [InlineData("causal:00000000000000ff[")]
    public void What_is_no_claim_is_none(string tag) => Assert.False(ChainClaim.TryParse(tag, out _));

    [Fact]
    public void Reading_tags_allocates_nothing()
    {
        string[] tags =
        [
            $"heat:blob:{Hex}=0.42", $"heat:blob:{Hex}=0.1234567", $"heat:blob:{Hex}=NaN", "heat:blob:zz=1", "heat:00000000000000ff=0.42",
            "causal:00000000000000ff[3..9]", "causal:00000000000000ff:12", "hardware.gpu=x",
        ];
        int read = Read(tags, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        read += Read(tags, 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1_100 * 5, read);
    }

    private static string Edited(string text, int at, char character) => string.Concat(text.AsSpan(0, at), [character], text.AsSpan(at + 1));

    private static int Read(string[] tags, int times)
    {
        int read = 0;
        for (int i = 0; i < times; i++)
        {
            foreach (string tag in tags)
            {
                if (BlobHeat.TryParse(tag, out _)) read++;
                if (ChainHeat.TryParse(tag, out _)) read++;
                if (ChainClaim.TryParse(tag, out _)) read++;
            }
        }
        return read;
    }
}
