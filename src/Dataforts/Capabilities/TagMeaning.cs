using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Capabilities;

/// <summary>Compares tags by what they say: an axis tag's <c>=</c> and <c>:</c> are the same. For sets of tags.</summary>
public sealed class TagMeaning : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    private TagMeaning()
    {
    }

    /// <summary>The one there is.</summary>
    public static TagMeaning Comparer { get; } = new();

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.AsSpan(), y));

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] string obj) => GetHashCode(obj.AsSpan());

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<char> alternate, string other)
    {
        if (alternate.Length != other.Length) return false;
        int at = alternate.CommonPrefixLength(other);
        if (at == other.Length) return true;
        // They may differ in one place, and only where both have their separator.
        int separator = SeparatorOf(alternate);
        return separator == at && SeparatorOf(other) == at && alternate[(at + 1)..].SequenceEqual(other.AsSpan(at + 1));
    }

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<char> alternate)
    {
        int separator = SeparatorOf(alternate);
        return separator < 0
            ? string.GetHashCode(alternate)
            : HashCode.Combine(string.GetHashCode(alternate[..separator]), string.GetHashCode(alternate[(separator + 1)..]));
    }

    /// <inheritdoc/>
    public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();

    private static int SeparatorOf(ReadOnlySpan<char> tag)
    {
        int head = TagGrammar.AxisLength(tag);
        return head == 0 ? -1 : TagGrammar.Separator(tag, head);
    }
}
