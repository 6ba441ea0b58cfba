namespace Dataforts.Content;

/// <summary>RFC 4648 base32 in lower case without padding, one text for one byte string.</summary>
internal static class Base32
{
    private static ReadOnlySpan<byte> Alphabet => "abcdefghijklmnopqrstuvwxyz234567"u8;

    public static int TextLength(int byteCount) => (int)((((long)byteCount * 8) + 4) / 5);

    public static int ByteCount(int textLength) => (int)((long)textLength * 5 / 8);

    /// <summary>Fills <paramref name="text"/>, which is <see cref="TextLength"/> long.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        uint bits = 0;
        int bitCount = 0;
        int position = 0;
        foreach (byte value in bytes)
        {
            bits = (bits << 8) | value;
            for (bitCount += 8; bitCount >= 5; bitCount -= 5)
                text[position++] = (char)Alphabet[(int)(bits >> (bitCount - 5)) & 31];
        }
        if (bitCount > 0)
            text[position] = (char)Alphabet[(int)(bits << (5 - bitCount)) & 31];
    }

    /// <summary>Fills <paramref name="bytes"/>, which is <see cref="ByteCount"/> long.</summary>
    /// <returns>False for any other character, an impossible length, or spare bits that are not zero.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (TextLength(bytes.Length) != text.Length)
            return false;
        uint bits = 0;
        int bitCount = 0;
        int position = 0;
        foreach (char digit in text)
        {
            uint value = digit switch
            {
                >= 'a' and <= 'z' => (uint)(digit - 'a'),
                >= '2' and <= '7' => (uint)(digit - '2' + 26),
                _ => 32,
            };
            if (value == 32)
                return false;
            bits = (bits << 5) | value;
            bitCount += 5;
            if (bitCount >= 8)
            {
                bitCount -= 8;
                bytes[position++] = (byte)(bits >> bitCount);
            }
        }
        return (bits & ((1u << bitCount) - 1)) == 0;
    }
}
