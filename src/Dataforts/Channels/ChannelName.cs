using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace Dataforts.Channels;

/// <summary>What a channel is called: 1 to 255 of a-z, 0-9, "-", "_", "." and "/", in segments between slashes, none of them empty, "." or "..".</summary>
/// <remarks>Checked once, when it is made. Immutable and thread-safe. Names are the same when they are to the byte.</remarks>
public sealed class ChannelName : IEquatable<ChannelName>, IComparable<ChannelName>
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_./");

    private ChannelName(string value)
    {
        Value = value;
        Span<byte> ascii = stackalloc byte[ChannelLimits.MaxNameBytes];
        Hash = XxHash3.HashToUInt64(ascii[..Encoding.ASCII.GetBytes(value, ascii)]);
        Depth = value.AsSpan().Count('/') + 1;
    }

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>The canonical hash: XxHash3, 64 bits, seed 0, of the name's bytes. Two names can have one hash; they are two channels all the same.</summary>
    public ulong Hash { get; }

    /// <summary>How many segments it has.</summary>
    public int Depth { get; }

    /// <summary>Makes one.</summary>
    /// <exception cref="ChannelNameException">The text is none; says why.</exception>
    public static ChannelName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Reject(text) is { } error ? throw error : new ChannelName(text);
    }

    /// <summary>Makes one, where the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ChannelName? name)
    {
        name = text is not null && Reject(text) is null ? new ChannelName(text) : null;
        return name is not null;
    }

    /// <summary>Whether this is <paramref name="other"/> or stands above it: <c>a/b</c> above <c>a/b/c</c>, not above <c>a/bc</c>.</summary>
    public bool IsPrefixOf(ChannelName other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Value.StartsWith(Value, StringComparison.Ordinal) && (other.Value.Length == Value.Length || other.Value[Value.Length] == '/');
    }

    /// <inheritdoc/>
    public bool Equals(ChannelName? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChannelName);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>By the bytes of the names.</summary>
    public int CompareTo(ChannelName? other) => string.CompareOrdinal(Value, other?.Value);

    /// <summary>The name.</summary>
    public override string ToString() => Value;

    /// <summary>Whether two names are the same.</summary>
    public static bool operator ==(ChannelName? left, ChannelName? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they are not.</summary>
    public static bool operator !=(ChannelName? left, ChannelName? right) => !(left == right);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(ChannelName? left, ChannelName? right) => string.CompareOrdinal(left?.Value, right?.Value) < 0;

    /// <summary>Whether it comes before it or is the same.</summary>
    public static bool operator <=(ChannelName? left, ChannelName? right) => string.CompareOrdinal(left?.Value, right?.Value) <= 0;

    /// <summary>Whether <paramref name="left"/> comes behind <paramref name="right"/>.</summary>
    public static bool operator >(ChannelName? left, ChannelName? right) => right < left;

    /// <summary>Whether it comes behind it or is the same.</summary>
    public static bool operator >=(ChannelName? left, ChannelName? right) => right <= left;

    private static ChannelNameException? Reject(string text)
    {
        if (text.Length == 0) return Error(ChannelNameFault.Empty, "a channel's name has at least one character", text);
        int at = text.AsSpan().IndexOfAnyExcept(Allowed);
        // A long text of foreign characters is too long first: so its length in bytes need not be known.
        if (text.Length > ChannelLimits.MaxNameBytes)
            return Error(ChannelNameFault.TooLong, $"a channel's name has at most {ChannelLimits.MaxNameBytes} bytes, not {text.Length}", text);
        if (at >= 0)
        {
            return Error(ChannelNameFault.InvalidCharacter,
                $"a channel's name has no U+{(int)text[at]:X}, only a-z, 0-9, \"-\", \"_\", \".\" and \"/\"", text, text[at]);
        }
        foreach (Range range in text.AsSpan().Split('/'))
        {
            switch (text.AsSpan()[range])
            {
                case "":
                    return Error(ChannelNameFault.Format, "a channel's name has no slash at its ends and no two in a row", text);
                case "." or "..":
                    return Error(ChannelNameFault.Format, "no segment of a channel's name is \".\" or \"..\"", text);
            }
        }
        return null;
    }

    private static ChannelNameException Error(ChannelNameFault fault, string message, string text, char? character = null) =>
        new(fault, message, text.Length, character);
}
