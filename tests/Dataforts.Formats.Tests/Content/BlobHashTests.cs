using System.Globalization;
using System.Text;
using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

public sealed class BlobHashTests
{
    public static TheoryData<byte[]> Corners => new(
        new byte[32],
        [.. Enumerable.Repeat((byte)0xFF, 32)],
        [.. Enumerable.Range(0, 32).Select(i => (byte)i)],
        [.. Enumerable.Range(0, 32).Select(i => (byte)((i * 151) ^ 0xA5))]);

    [Theory]
    [MemberData(nameof(Corners))]
    public void All_forms_agree_with_formatting_byte_by_byte(byte[] bytes)
    {
        string expected = string.Concat(bytes.Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
        var hash = new BlobHash(bytes);
        var chars = new char[64];
        var ascii = new byte[64];
        hash.WriteHex(chars);
        hash.WriteHex(ascii);
        Assert.Equal(expected, new string(chars));
        Assert.Equal(expected, Encoding.ASCII.GetString(ascii));
        Assert.Equal(expected, hash.ToHex());
        Assert.Equal(expected, hash.ToString());
        Assert.Equal(expected, $"{hash}");
        Assert.Equal("dataforts/blob/" + expected, hash.ToHex("dataforts/blob/"));
        Assert.True(BlobHash.TryParse(expected, out BlobHash fromChars));
        Assert.True(BlobHash.TryParse(ascii, out BlobHash fromAscii));
        Assert.Equal((hash, hash), (fromChars, fromAscii));
        Assert.Equal(hash, BlobHash.Parse(expected));
        Assert.Equal(bytes, hash.Span.ToArray());
    }

    [Fact]
    public void Every_byte_in_every_place_reads_back()
    {
        var bytes = new byte[32];
        for (int place = 0; place < 32; place++)
        {
            for (int value = 0; value < 256; value++)
            {
                bytes[place] = (byte)value;
                var hash = new BlobHash(bytes);
                Assert.Equal(hash, BlobHash.Parse(hash.ToHex()));
            }
        }
    }

    [Fact]
    public void Only_lower_case_digits_are_read()
    {
        char[] digits = Vectors.Hash(0x3C).ToHex().ToCharArray();
        for (int place = 0; place < 64; place++)
        {
            char kept = digits[place];
            for (int code = 0; code < 0x180; code++)
            {
                digits[place] = (char)code;
                bool valid = code is (>= '0' and <= '9') or (>= 'a' and <= 'f');
                Assert.Equal(valid, BlobHash.TryParse(digits, out BlobHash hash));
                Assert.True(valid || hash == default);
                if (code < 0x100)
                    Assert.Equal(valid, BlobHash.TryParse([.. digits.Select(digit => (byte)digit)], out _));
            }
            digits[place] = kept;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(128)]
    public void Any_other_length_is_refused(int length)
    {
        string hex = new('a', length);
        Assert.False(BlobHash.TryParse(hex, out _));
        Assert.False(BlobHash.TryParse(Encoding.ASCII.GetBytes(hex), out _));
        Assert.Contains(
            length.ToString(CultureInfo.InvariantCulture), Assert.Throws<FormatException>(() => BlobHash.Parse(hex)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_wrong_character_is_named()
    {
        string hex = Vectors.Hash(0xAB).ToHex();
        string message = Assert.Throws<FormatException>(() => BlobHash.Parse(hex[..7] + 'B' + hex[8..])).Message;
        Assert.Contains("'B'", message, StringComparison.Ordinal);
        Assert.Contains('7', message);
    }

    [Fact]
    public void Order_is_that_of_the_bytes_and_of_the_hex()
    {
        BlobHash[] hashes = [.. Enumerable.Range(0, 50).Select(i => BlobHash.Compute([(byte)i]))];
        Assert.Equal(hashes.OrderBy(hash => hash.ToHex(), StringComparer.Ordinal), hashes.Order());
        Assert.True(Vectors.Hash(1) < Vectors.Hash(2) && Vectors.Hash(2) > Vectors.Hash(1));
        Assert.True(Vectors.Hash(1) <= Vectors.Hash(1) && Vectors.Hash(1) >= Vectors.Hash(1));
        Assert.True(Vectors.Hash(1) == Vectors.Hash(1) && Vectors.Hash(1) != Vectors.Hash(2));
    }

    [Fact]
    public void Spans_of_another_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new BlobHash(new byte[31]));
        Assert.Throws<ArgumentException>(() => new BlobHash(new byte[33]));
        Assert.Throws<ArgumentException>(() => default(BlobHash).WriteHex(new char[63]));
        Assert.Throws<ArgumentException>(() => default(BlobHash).WriteHex(new byte[63]));
        Assert.Throws<ArgumentException>(() => default(BlobHash).CopyTo(new byte[31]));
        Assert.Throws<ArgumentNullException>(() => default(BlobHash).ToHex(null!));
    }
}
