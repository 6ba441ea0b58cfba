using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

public sealed class BlobRefTextTests
{
    private static readonly SmallRef Dog = SmallRef.Create(BlobHash.Compute("the lazy dog"u8), 12);

    private static readonly TreeRef Large = TreeRef.Create(BlobEncoding.ReedSolomon(10, 4), Vectors.Hash(0xCD), 1UL << 57, 4);

    [Fact]
    public void The_text_of_a_small_and_of_a_tree_holds_the_ref()
    {
        foreach (BlobRef made in new BlobRef[] { Dog, Large, new SmallRef("s3://bucket/key", Vectors.Hash(0xAB), 12_345), new SmallRef("", default, 0) })
        {
            string text = made.ToText();
            Assert.Equal(text, made.ToString());
            Assert.InRange(text.Length, 10, 199);
            Assert.Matches("^df1-[a-z2-7]+$", text);
            var parsed = BlobRefText.Parse(text);
            Assert.Equal(made, parsed.Ref);
            Assert.Null(parsed.Manifest);
            Assert.Equal(text, parsed.ToString());
        }
        Assert.Equal(78, Dog.ToText().Length);
        Assert.Equal(88, Large.ToText().Length);
    }

    [Fact]
    public void The_text_of_a_manifest_names_the_chunk_that_holds_it()
    {
        BlobRef manifest = BlobRef.Decode(Vectors.Bytes(Vectors.ManifestTwoChunks));
        var parsed = BlobRefText.Parse(manifest.ToText());
        Assert.Null(parsed.Ref);
        Assert.Equal(BlobHash.Compute(Vectors.Bytes(Vectors.ManifestTwoChunks)), parsed.Manifest!.Value.ChunkHash);
        Assert.Equal(manifest.ToText(), parsed.ToString());
        Assert.Equal(manifest.ToText(), BlobRefText.Format(parsed.Manifest.Value));
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        Assert.Equal("01" + "01" + Dog.Hash + "0c00000000000000", Body(Dog.ToText()));
        Assert.Equal("01" + "03" + "01" + "010a04" + Large.RootHash + "808080808080808002" + "04", Body(Large.ToText()));
        Assert.Equal("00" + Vectors.TreeCafe[8..], Body(BlobRef.Decode(Vectors.Bytes(Vectors.TreeCafe)).ToText()));
        Assert.Equal("00" + Vectors.SmallS3[8..], Body(BlobRef.Decode(Vectors.Bytes(Vectors.SmallS3)).ToText()));
        BlobRef manifest = BlobRef.Decode(Vectors.Bytes(Vectors.ManifestTwoChunks));
        Assert.Equal("02" + BlobHash.Compute(manifest.Encode()), Body(manifest.ToText()));
    }

    [Fact]
    public void The_texts_that_b3sum_and_another_base32_give()
    {
        Assert.Equal("df1-aeaxukpumppfawsz7qnhatfrosdhnymel37ow4aq2vk46tcmfi7zvrymaaaaaaaaaaamiwb5me", Dog.ToText());
        Assert.Equal(
            "df1-aabqcc3nmvzwqorpf5rwcztfacv2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xaeaqcaaianlmxqie",
            BlobRef.Decode(Vectors.Bytes(Vectors.TreeCafe)).ToText());
        Assert.Equal("df1-aibmluwrj5jkqra2tptgvrw3mufwp75pcoaups2s4vrrmnu6b7tnh3kap5tq", BlobRef.Decode(Vectors.Bytes(Vectors.ManifestTwoChunks)).ToText());
    }

    [Fact]
    public void A_uri_of_a_mebibyte_has_a_text()
    {
        var small = new SmallRef(new string('é', 1 << 19), Vectors.Hash(1), 5);
        string text = small.ToText();
        Assert.InRange(text.Length, 1_600_000, 1_700_000);
        Assert.Equal(small, BlobRefText.Parse(text).Ref);
    }

    [Fact]
    public void Any_one_mistyped_character_is_noticed()
    {
        string text = Large.ToText();
        for (int i = 4; i < text.Length; i++)
        {
            foreach (char wrong in "a7z1A -=é")
            {
                if (text[i] != wrong)
                    Mistyped(text[..i] + wrong + text[(i + 1)..]);
            }
        }
    }

    [Fact]
    public void A_cut_or_longer_text_is_noticed()
    {
        string text = Dog.ToText();
        for (int length = 4; length < text.Length; length++)
            Mistyped(text[..length]);
        Mistyped(text + "a");
        Mistyped(text + "aaaaaaaa");
        Mistyped(text + " ");
        Mistyped("df1-" + text[4..].ToUpperInvariant());
        Mistyped("df1-");
        Mistyped("df1-aaaaaaaa");
    }

    [Fact]
    public void Spare_bits_have_to_be_zero()
    {
        // 46 bytes are 73 full digits and one of 3 bits.
        string text = Dog.ToText();
        int last = "abcdefghijklmnopqrstuvwxyz234567".IndexOf(text[^1], StringComparison.Ordinal);
        Assert.Equal(0, last % 4);
        for (int spare = 1; spare < 4; spare++)
            Mistyped(text[..^1] + "abcdefghijklmnopqrstuvwxyz234567"[last + spare]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("df1")]
    [InlineData("DF1-aaaa")]
    [InlineData("df2-aaaa")]
    [InlineData("b0b1b2b3")]
    [InlineData("photos/2024")]
    public void Anything_else_is_not_a_text(string text)
    {
        Assert.False(BlobRefText.IsText(text));
        Assert.Throws<NotARefException>(() => BlobRefText.Parse(text));
        Assert.False(BlobRefText.TryParse(text, out _));
    }

    [Fact]
    public void Another_layout_than_the_ref_s_own_is_refused()
    {
        // The default URI written out, a Manifest written out, an address of the wrong length, unknown layouts, nothing at all.
        Refused("00" + Vectors.Hex(Dog.Encode())[8..], DecodeError.TextLayout);
        Refused("00" + Vectors.Hex(Large.Encode())[8..], DecodeError.TextLayout);
        Refused("00" + Vectors.ManifestTwoChunks[8..], DecodeError.TextLayout);
        Refused("01" + Vectors.ManifestTwoChunks[8..], DecodeError.TextLayout);
        Refused("02" + Dog.Hash + "00", DecodeError.TextLayout);
        Refused("02", DecodeError.TextLayout);
        Refused("03" + Dog.Hash, DecodeError.TextLayout);
        Refused("ff", DecodeError.TextLayout);
        Refused("00", DecodeError.Truncated);
        Refused("01", DecodeError.Truncated);
    }

    [Fact]
    public void The_ref_within_obeys_the_rules_of_refs()
    {
        Refused("01" + "01" + Dog.Hash + "0c0000000000000000", DecodeError.TrailingBytes);
        Refused("01" + "01" + Dog.Hash + "0c000000000000", DecodeError.Truncated);
        Refused("01" + "01" + Dog.Hash + "0100000004000000", DecodeError.SizeOutOfRange);
        Refused("01" + "03" + "01" + "00" + Dog.Hash + "800803", DecodeError.SizeImpossibleAtDepth);
        Refused("00" + "01" + Dog.Hash + "0c00000000000000ff", DecodeError.UriNotUtf8);
        Assert.Equal(9, Assert.Throws<UnsupportedVersionException>(() => BlobRefText.Parse(Text("0109"))).Version);
        Assert.Equal(2, Assert.Throws<UnsupportedVersionException>(() => BlobRefText.Parse(Text("010302"))).Version);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Base32_is_that_of_rfc_4648(string plain, string text)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(plain);
        var digits = new char[Base32.TextLength(bytes.Length)];
        Base32.Encode(bytes, digits);
        Assert.Equal(text, new string(digits));
        var back = new byte[Base32.ByteCount(text.Length)];
        Assert.True(Base32.TryDecode(text, back));
        Assert.Equal(bytes, back);
    }

    private static void Mistyped(string text)
    {
        DecodeException refused = Assert.Throws<DecodeException>(() => BlobRefText.Parse(text));
        Assert.Equal(DecodeError.MistypedOrCut, refused.Reason);
        Assert.Contains("mistyped or cut", refused.Message, StringComparison.Ordinal);
        Assert.False(BlobRefText.TryParse(text, out _));
    }

    private static void Refused(string body, DecodeError reason) => Assert.Equal(reason, Vectors.Reason(() => BlobRefText.Parse(Text(body)).Ref));

    private static string Text(string body)
    {
        byte[] bytes = Vectors.Bytes(body);
        bytes = [.. bytes, .. BlobHash.Compute(bytes).Span[..4]];
        var digits = new char[Base32.TextLength(bytes.Length)];
        Base32.Encode(bytes, digits);
        return "df1-" + new string(digits);
    }

    private static string Body(string text)
    {
        var bytes = new byte[Base32.ByteCount(text.Length - 4)];
        Assert.True(Base32.TryDecode(text.AsSpan(4), bytes));
        return Vectors.Hex(bytes.AsSpan(0, bytes.Length - 4));
    }
}
