using System.Collections.Frozen;
using System.Globalization;

namespace Dataforts.Capabilities.Intents;

/// <summary>A node's tags, laid out for questions: is a tag there, is a key there, what number does it have.</summary>
/// <remarks>Immutable and thread-safe. Made once for a set of tags and asked often. A tag <c>axis.key:value</c> and <c>axis.key=value</c> are the
/// same.</remarks>
public sealed class TagFacts
{
    /// <summary>The largest number that a tag may state; a larger one, a negative one or none at all is as if the tag were absent.</summary>
    public const double LargestNumber = 1e15;

    private const string ScopePrefix = "scope:";
    private const string Presence = "";

    private readonly FrozenSet<string> _tags;
    private readonly FrozenDictionary<string, string> _values;
    private readonly FrozenSet<string> _axes;

    /// <summary>Reads tags in their text form. None is refused; one that says nothing here is still found by <see cref="Has"/>.</summary>
    public TagFacts(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        List<string> plain = [], scopes = [];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var axes = new HashSet<string>(StringComparer.Ordinal);
        foreach (string tag in tags)
        {
            plain.Add(Plain(tag));
            if (tag.StartsWith(ScopePrefix, StringComparison.Ordinal)) scopes.Add(tag[ScopePrefix.Length..]);
            if (!TrySplit(tag, out string axis, out string key, out string value)) continue;
            axes.Add(axis);
            values.TryAdd($"{axis}.{key}", value);
        }
        _tags = plain.ToFrozenSet(StringComparer.Ordinal);
        _values = values.ToFrozenDictionary(StringComparer.Ordinal);
        _axes = axes.ToFrozenSet(StringComparer.Ordinal);
        Scopes = scopes.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>A node that says nothing of itself.</summary>
    public static TagFacts None { get; } = new([]);

    /// <summary>The bodies of its <c>scope:</c> tags.</summary>
    public FrozenSet<string> Scopes { get; }

    /// <summary>Whether a tag is there, however its value is set off.</summary>
    public bool Has(string tag) => _tags.Contains(Plain(tag));

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

    // One form for both separators, so that they compare equal.
    private static string Plain(string tag) =>
        TrySplit(tag, out string axis, out string key, out string value) && value != Presence ? $"{axis}.{key}={value}" : tag;

    private static bool TrySplit(string tag, out string axis, out string key, out string value)
    {
        (axis, key, value) = ("", "", Presence);
        int dot = tag.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || tag.AsSpan(0, dot) is not ("hardware" or "software" or "devices" or "dataforts")) return false;
        axis = tag[..dot];
        ReadOnlySpan<char> body = tag.AsSpan(dot + 1);
        int separator = body.IndexOfAny('=', ':');
        key = (separator < 0 ? body : body[..separator]).ToString();
        if (separator >= 0) value = body[(separator + 1)..].ToString();
        return true;
    }
}
