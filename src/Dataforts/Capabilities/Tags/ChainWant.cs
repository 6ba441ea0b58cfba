namespace Dataforts.Capabilities.Tags;

/// <summary>How much a node's readers want a chain that it does not hold: a tag <c>heat:want:HEX=0.42</c>.</summary>
/// <remarks>Apart from <see cref="ChainHeat"/>, which only a holder may tell: a want draws nobody here, and sets no scope; nodes of one zone take turns
/// by it.</remarks>
/// <param name="Chain">The chain's origin hash.</param>
/// <param name="Level">Hundredths, 1 to 100.</param>
public readonly record struct ChainWant(ulong Chain, int Level)
{
    /// <summary>What every such tag starts with.</summary>
    internal const string Prefix = $"{TagGrammar.Heat}want:";

    /// <summary>Reads a want; never throws, allocates nothing.</summary>
    /// <returns>False for any other text, so also for a chain's heat, a rate outside 0 to 1, and one that is 0.00.</returns>
    public static bool TryParse(ReadOnlySpan<char> tag, out ChainWant want)
    {
        want = default;
        if (!tag.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> rest = tag[Prefix.Length..];
        if (!ChainText.TryRead(rest, out ulong chain) || rest.Length == ChainText.Digits || rest[ChainText.Digits] != '=') return false;
        if (!HeatText.TryRead(rest[(ChainText.Digits + 1)..], out int level)) return false;
        want = new(chain, level);
        return true;
    }

    /// <summary>The tag of a level; null for level 0 and for chain 0, which have none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not from 0 to 100.</exception>
    public static string? Format(ulong chain, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, HeatText.MaxLevel);
        return level == 0 || chain == 0 ? null : new ChainWant(chain, level).ToString();
    }

    /// <summary>Its tag.</summary>
    public override string ToString()
    {
        Span<char> rate = stackalloc char[HeatText.Length];
        HeatText.Write(Level, rate);
        return string.Concat(Prefix, ChainText.Of(Chain), "=", rate);
    }
}
