using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Capabilities;

/// <summary>One thing that a node says of itself, taken apart. It renders to exactly the text that it came from.</summary>
/// <remarks>
/// <para>An immutable value. There is no trimming and no folding of case. Of an axis tag the first <c>=</c> or <c>:</c> splits key and value.</para>
/// <para>Equality is that of the text. <see cref="Means"/> takes <c>hardware.gpu=x</c> and <c>hardware.gpu:x</c> for the same; a key without a value
/// and one with an empty value stay two things.</para>
/// </remarks>
public readonly struct Tag : IEquatable<Tag>
{
    private readonly string? _text;
    private readonly int _head;

    // Where the key ends; -1 without a separator.
    private readonly int _separator;

    private Tag(string text, TagKind kind, int head, int separator) => (_text, Kind, _head, _separator) = (text, kind, head, separator);

    /// <summary>What kind it is.</summary>
    public TagKind Kind { get; }

    /// <summary>Its text.</summary>
    public string Text => _text ?? "";

    /// <summary>The reserved prefix with its colon, or the axis without its dot; empty for others.</summary>
    public ReadOnlySpan<char> Head => Text.AsSpan(0, Kind == TagKind.Axis ? _head - 1 : _head);

    /// <summary>What follows the prefix or the axis's dot; all of it for others. May be empty.</summary>
    public ReadOnlySpan<char> Body => Text.AsSpan(_head);

    /// <summary>The key of an axis tag, maybe empty; the body of others.</summary>
    public ReadOnlySpan<char> Key => _separator < 0 ? Body : Text.AsSpan(_head, _separator - _head);

    /// <summary>The value of an axis tag; empty when there is none.</summary>
    public ReadOnlySpan<char> Value => _separator < 0 ? default : Text.AsSpan(_separator + 1);

    /// <summary>Whether an axis tag has a value, even an empty one.</summary>
    public bool HasValue => _separator >= 0;

    /// <summary>Reads a tag, also one that only this layer writes.</summary>
    /// <returns>False for an empty text; every other text is a tag.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Tag tag)
    {
        tag = default;
        if (string.IsNullOrEmpty(text)) return false;
        int head = TagGrammar.ReservedLength(text);
        if (head > 0)
        {
            tag = new Tag(text, TagKind.Reserved, head, -1);
            return true;
        }
        head = TagGrammar.AxisLength(text);
        tag = head == 0 ? new Tag(text, TagKind.Legacy, 0, -1) : new Tag(text, TagKind.Axis, head, TagGrammar.Separator(text, head));
        return true;
    }

    /// <summary>Reads a tag, also one that only this layer writes.</summary>
    /// <exception cref="FormatException">The text is empty.</exception>
    public static Tag Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Tag tag) ? tag : throw new FormatException("A tag is not empty.");
    }

    /// <summary>Reads a tag that a user may set: not one with a reserved prefix.</summary>
    /// <exception cref="FormatException">The text is empty.</exception>
    /// <exception cref="ReservedTagException">It has a reserved prefix.</exception>
    public static Tag ParseUser(string text)
    {
        Tag tag = Parse(text);
        return tag.Kind == TagKind.Reserved ? throw new ReservedTagException(tag.Head.ToString(), text) : tag;
    }

    /// <summary>Whether both say the same: equal but for the separator of an axis tag.</summary>
    public bool Means(Tag other) => TagMeaning.Comparer.Equals(Text, other.Text);

    /// <summary>The other text that means the same; null when there is none.</summary>
    internal string? Respelled() =>
        _separator < 0 ? null : string.Concat(Text.AsSpan(0, _separator), Text[_separator] == '=' ? ":" : "=", Text.AsSpan(_separator + 1));

    /// <inheritdoc/>
    public bool Equals(Tag other) => Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tag other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The text that it came from.</summary>
    public override string ToString() => Text;

    /// <inheritdoc/>
    public static bool operator ==(Tag left, Tag right) => left.Equals(right);

    /// <inheritdoc/>
    public static bool operator !=(Tag left, Tag right) => !left.Equals(right);
}
