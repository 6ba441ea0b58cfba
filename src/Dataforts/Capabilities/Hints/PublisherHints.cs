using System.Collections.Immutable;
using System.Globalization;

namespace Dataforts.Capabilities.Hints;

/// <summary>What a publisher wishes for its events: <c>intent</c>, <c>scope</c>, <c>colocate-with</c>, <c>colocate-with-strict</c>,
/// <c>priority</c>.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Parsed once when hints change, not for each event. Parsing takes a stranger's text: it never throws, and what is too
/// long or too much is left out.</para>
/// <para>A wish can keep an event out of a cache, or put it before or behind others within what the node allows. It never opens a gate, and never
/// raises a limit.</para>
/// </remarks>
public sealed class PublisherHints
{
    /// <summary>The keys that hints have.</summary>
    public const string IntentKey = "intent";

    /// <inheritdoc cref="IntentKey"/>
    public const string ScopeKey = "scope";

    /// <inheritdoc cref="IntentKey"/>
    public const string ColocateKey = "colocate-with";

    /// <inheritdoc cref="IntentKey"/>
    public const string ColocateStrictKey = "colocate-with-strict";

    /// <inheritdoc cref="IntentKey"/>
    public const string PriorityKey = "priority";

    /// <summary>Intents, and scopes, that are looked at; more are left out.</summary>
    public const int MostListed = 16;

    /// <summary>Characters of one value that are looked at; a longer value counts as empty.</summary>
    public const int MostCharacters = 1024;

    /// <summary>The highest priority; the lowest is 0.</summary>
    public const int HighestPriority = 255;

    /// <summary>The priority of an event whose publisher says nothing.</summary>
    public const int NormalPriority = 128;

    private const string ScopePrefix = "scope:";
    private const int ChainDigits = 16;

    private PublisherHints()
    {
    }

    /// <summary>No wishes.</summary>
    public static PublisherHints None { get; } = new();

    /// <summary>What the events are for: names separated by commas.</summary>
    public ImmutableArray<string> Intents { get; private init; } = [];

    /// <summary>Labels, with or without <c>scope:</c> in the text and without it here, separated by commas.</summary>
    public ImmutableArray<string> Scopes { get; private init; } = [];

    /// <summary>Whether the events would rather be where another chain is.</summary>
    public bool WantsColocation { get; private init; }

    /// <summary>Whether the events are only to be where another chain is.</summary>
    public bool NeedsColocation { get; private init; }

    /// <summary>The other chain's origin hash, the one of the stricter wish when there are two; null when the text is none, so that nobody can say
    /// that it is held.</summary>
    public ulong? ColocateWith { get; private init; }

    /// <summary>How urgent the events are, 0 to 255; null when nothing, or nothing sensible, is said.</summary>
    public int? Priority { get; private init; }

    /// <summary>Whether nothing is wished for.</summary>
    public bool IsEmpty => Intents.IsEmpty && Scopes.IsEmpty && !WantsColocation && !NeedsColocation && Priority is null;

    /// <summary>Reads hints; keys that are none are passed over.</summary>
    public static PublisherHints Parse(IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        if (metadata is null) return None;
        ImmutableArray<string> intents = [], scopes = [];
        string? soft = null, strict = null;
        int? priority = null;
        foreach ((string key, string text) in metadata)
        {
            // What is too long is as if it were empty: a strict wish stays one, with a target that nobody holds.
            string value = text is null || text.Length > MostCharacters ? "" : text;
            switch (key)
            {
                case IntentKey: intents = Listed(value, ""); break;
                case ScopeKey: scopes = Listed(value, ScopePrefix); break;
                case ColocateKey: soft = value; break;
                case ColocateStrictKey: strict = value; break;
                case PriorityKey: priority = PriorityOf(value); break;
            }
        }
        var hints = new PublisherHints
        {
            Intents = intents,
            Scopes = scopes,
            WantsColocation = soft is not null,
            NeedsColocation = strict is not null,
            ColocateWith = (strict ?? soft) is { } target ? ChainOf(target) : null,
            Priority = priority,
        };
        return hints.IsEmpty ? None : hints;
    }

    /// <summary>These wishes, and where they say nothing those of <paramref name="general"/>: an event's before its publisher's.</summary>
    public PublisherHints Over(PublisherHints general)
    {
        ArgumentNullException.ThrowIfNull(general);
        if (IsEmpty) return general;
        if (general.IsEmpty) return this;
        bool colocates = WantsColocation || NeedsColocation;
        PublisherHints nearer = colocates ? this : general;
        return new PublisherHints
        {
            Intents = Intents.IsEmpty ? general.Intents : Intents,
            Scopes = Scopes.IsEmpty ? general.Scopes : Scopes,
            WantsColocation = nearer.WantsColocation,
            NeedsColocation = nearer.NeedsColocation,
            ColocateWith = nearer.ColocateWith,
            Priority = Priority ?? general.Priority,
        };
    }

    private static ImmutableArray<string> Listed(string value, string prefix)
    {
        var list = ImmutableArray.CreateBuilder<string>();
        foreach (Range range in value.AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = value.AsSpan(range).Trim();
            if (prefix.Length > 0 && item.StartsWith(prefix, StringComparison.Ordinal)) item = item[prefix.Length..];
            if (item.IsEmpty) continue;
            list.Add(item.ToString());
            if (list.Count == MostListed) break;
        }
        return list.DrainToImmutable();
    }

    private static int? PriorityOf(string value) => value switch
    {
        "low" => NormalPriority / 2,
        "normal" => NormalPriority,
        "high" => NormalPriority + (NormalPriority / 2),
        _ => byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : null,
    };

    private static ulong? ChainOf(string value)
    {
        if (value.Length != ChainDigits || !value.All(char.IsAsciiHexDigitLower)) return null;
        return value.Aggregate(0UL, (chain, digit) => (chain << 4) | (uint)(digit <= '9' ? digit - '0' : digit - 'a' + 10));
    }
}
