using System.Globalization;

namespace Dataforts.Capabilities;

/// <summary>A node's word that it holds a chain, or a part of it: a <c>causal:</c> tag.</summary>
/// <remarks>An immutable value. The three forms: <c>causal:HEX</c>, <c>causal:HEX:TIP</c>, <c>causal:HEX[START..END]</c>.</remarks>
/// <param name="Chain">The chain's origin hash; not 0.</param>
/// <param name="Start">The first place that is held.</param>
/// <param name="End">The first place past those that are held; null when only the node knows. For a tip this is one more than the tip.</param>
public readonly record struct ChainClaim(ulong Chain, ulong Start, ulong? End)
{
    /// <summary>Whether it is written as a range and not as a tip.</summary>
    public bool IsRange { get; private init; }

    /// <summary>The highest place that is held; null when that is not said.</summary>
    public ulong? Tip => End - 1;

    /// <summary>The chain is held; how much of it is not said.</summary>
    public static ChainClaim Present(ulong chain) => new(Real(chain), 0, null);

    /// <summary>The chain is held from its start up to and with a place.</summary>
    public static ChainClaim To(ulong chain, ulong tip)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(tip, ulong.MaxValue);
        return new(Real(chain), 0, tip + 1);
    }

    /// <summary>A part of the chain is held: from <paramref name="start"/>, not with <paramref name="end"/>.</summary>
    public static ChainClaim Range(ulong chain, ulong start, ulong end)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start, end);
        return new(Real(chain), start, end) { IsRange = true };
    }

    /// <summary>Reads a claim; never throws, allocates nothing.</summary>
    /// <returns>False for any text that is none, so also for one with a longer or shorter hash, or chain 0.</returns>
    public static bool TryParse(ReadOnlySpan<char> tag, out ChainClaim claim)
    {
        claim = default;
        if (!tag.StartsWith(TagGrammar.Causal, StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> rest = tag[TagGrammar.Causal.Length..];
        if (!ChainText.TryRead(rest, out ulong chain)) return false;
        rest = rest[ChainText.Digits..];
        switch (rest)
        {
            case []:
                claim = new(chain, 0, null);
                return true;
            case [':', ..]:
                if (!ChainText.TryReadPlace(rest[1..], out ulong tip) || tip == ulong.MaxValue) return false;
                claim = new(chain, 0, tip + 1);
                return true;
            case ['[', .. var range, ']']:
                int dots = range.IndexOf("..", StringComparison.Ordinal);
                if (dots < 0 || !ChainText.TryReadPlace(range[..dots], out ulong start) || !ChainText.TryReadPlace(range[(dots + 2)..], out ulong end)) return false;
                if (start >= end) return false;
                claim = new(chain, start, end) { IsRange = true };
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether a tag claims a chain, in whatever form: what an announcement of the chain replaces.</summary>
    public static bool IsOf(ulong chain, string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return TryParse(tag, out ChainClaim claim) && claim.Chain == chain;
    }

    /// <summary>Its tag.</summary>
    public override string ToString() => (End, IsRange) switch
    {
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"{TagGrammar.Causal}{Chain:x16}"),
        (_, true) => string.Create(CultureInfo.InvariantCulture, $"{TagGrammar.Causal}{Chain:x16}[{Start}..{End}]"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{TagGrammar.Causal}{Chain:x16}:{Tip}"),
    };

    private static ulong Real(ulong chain)
    {
        ArgumentOutOfRangeException.ThrowIfZero(chain);
        return chain;
    }
}
