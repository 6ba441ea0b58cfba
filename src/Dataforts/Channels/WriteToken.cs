using System.Buffers.Binary;
using System.Globalization;
using Dataforts.Content;

namespace Dataforts.Channels;

/// <summary>Says which event a writer wrote, so that a reader elsewhere can wait until it has taken it in.</summary>
/// <remarks>Not signed: one that comes from elsewhere says nothing but what somebody claims. Its text form is <c>CHANNEL:EPOCH:SEQUENCE</c>, the channel in
/// 16 lower-case hex digits, the numbers decimal without leading zeros.</remarks>
/// <param name="Channel">The channel (<see cref="ChannelInfo.Id"/>).</param>
/// <param name="Epoch">The channel's epoch when it was written.</param>
/// <param name="Sequence">The event.</param>
public readonly record struct WriteToken(ulong Channel, uint Epoch, ulong Sequence)
{
    /// <summary>The longest text form: 48 characters.</summary>
    public const int MaxTextLength = HexDigits + 1 + 10 + 1 + 20;

    private const int HexDigits = 16;

    /// <summary>The token of a text.</summary>
    /// <exception cref="FormatException">It is none; names its length or what is wrong.</exception>
    public static WriteToken Parse(ReadOnlySpan<char> text)
    {
        if (TryParse(text, out WriteToken token)) return token;
        throw new FormatException(text.Length > MaxTextLength
            ? $"a write token has at most {MaxTextLength} characters, not {text.Length}"
            : "a write token is 16 lower-case hex digits, a colon, the epoch, a colon and the sequence, decimal without leading zeros");
    }

    /// <summary>The token of a text, where it is one. Allocates nothing.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out WriteToken token)
    {
        token = default;
        if (text.Length > MaxTextLength || text.Length < HexDigits + 1 || text[HexDigits] != ':') return false;
        Span<byte> channel = stackalloc byte[sizeof(ulong)];
        if (!Hex.TryParse(text[..HexDigits], channel)) return false;
        ReadOnlySpan<char> rest = text[(HexDigits + 1)..];
        int colon = rest.IndexOf(':');
        if (colon < 0 || !TryNumber(rest[..colon], out ulong epoch) || epoch > uint.MaxValue) return false;
        if (!TryNumber(rest[(colon + 1)..], out ulong sequence)) return false;
        token = new WriteToken(BinaryPrimitives.ReadUInt64BigEndian(channel), (uint)epoch, sequence);
        return true;
    }

    /// <summary>The text form.</summary>
    public override string ToString()
    {
        Span<byte> channel = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(channel, Channel);
        return string.Create(CultureInfo.InvariantCulture, $"{Hex.Format(channel)}:{Epoch}:{Sequence}");
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out ulong number) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (digits.Length == 1 || digits[0] != '0');
}
