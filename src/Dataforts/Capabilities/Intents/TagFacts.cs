using System.Collections.Frozen;
using System.Globalization;
using Dataforts.Capabilities.Tags;

namespace Dataforts.Capabilities.Intents;

/// <summary>A node's tags, laid out for questions: is a tag there, is a key there, what number does it have.</summary>
/// <remarks>Immutable and thread-safe. Made once for a set of tags and asked often. <c>axis.key:value</c> and <c>axis.key=value</c> are the same.</remarks>
public sealed class TagFacts
{
    /// <summary>The largest number that a tag may state; a larger one, a negative one or none at all is as if the tag were absent.</summary>
    public const double LargestNumber = 1e15;

    // Plain ones: an offer is read once for each announcement, and a frozen set takes far longer to make than it saves.
    private readonly HashSet<string> _tags = new(TagMeaning.Comparer);
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _axes = new(StringComparer.Ordinal);

    /// <summary>Reads tags in their text form. None is refused; one that says nothing here is still found by <see cref="Has"/>.</summary>
    public TagFacts(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        List<string> scopes = [];
        foreach (string text in tags)
        {
            if (!Tag.TryParse(text, out Tag tag)) continue;
            _tags.Add(text);
            if (tag.Kind == TagKind.Reserved && tag.Head is TagGrammar.Scope) scopes.Add(tag.Body.ToString());
            if (tag.Kind != TagKind.Axis) continue;
            _axes.Add(tag.Head.ToString());
            string key = tag.HasValue ? text[..(text.Length - tag.Value.Length - 1)] : text;
            // The first one that says something; a key that is merely there does not hide its value.
            if (!_values.TryGetValue(key, out string? known) || known.Length == 0) _values[key] = tag.Value.ToString();
        }
        Scopes = scopes.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>A node that says nothing of itself.</summary>
    public static TagFacts None { get; } = new([]);

    /// <summary>The bodies of its <c>scope:</c> tags.</summary>
    public FrozenSet<string> Scopes { get; }

    /// <summary>Whether every question has the same answer here and there.</summary>
    internal bool SaysTheSameAs(TagFacts other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (_tags.Count != other._tags.Count || _values.Count != other._values.Count || !_tags.SetEquals(other._tags)) return false;
        foreach ((string key, string text) in _values)
        {
            if (!other._values.TryGetValue(key, out string? there) || there != text) return false;
        }
        return true;
    }

    /// <summary>Whether a tag is there, however its value is set off.</summary>
    public bool Has(string tag) => _tags.Contains(tag);

    /// <summary>Whether any tag is on an axis, such as <c>devices</c>.</summary>
    public bool HasAxis(string axis) => _axes.Contains(axis);

    /// <summary>Whether a tag has exactly this axis and key, such as <c>hardware.gpu</c>, whatever its value.</summary>
    public bool HasKey(string axisAndKey) => _values.ContainsKey(axisAndKey);

    /// <summary>Whether a tag has this axis and key, or one below it: <c>software.model</c> also by <c>software.model.0.id</c>.</summary>
    public bool HasKeyOrBelow(string axisAndKey) =>
        HasKey(axisAndKey) || _values.Keys.Any(key => key.Length > axisAndKey.Length && key[axisAndKey.Length] == '.'
            && key.StartsWith(axisAndKey, StringComparison.Ordinal));

    /// <summary>The text of a key's value; null when it is not there.</summary>
    public string? Text(string axisAndKey) => _values.GetValueOrDefault(axisAndKey);

    /// <summary>The number of a key's value; null when it is not there, or no number from 0 to <see cref="LargestNumber"/>.</summary>
    public double? Number(string axisAndKey) =>
        _values.TryGetValue(axisAndKey, out string? text)
        && double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
        && number is >= 0 and <= LargestNumber ? number : null;
}
