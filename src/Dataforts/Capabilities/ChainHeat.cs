namespace Dataforts.Capabilities;

/// <summary>How hot a chain is at a node: a tag <c>heat:HEX=0.42</c>.</summary>
/// <param name="Chain">The chain's origin hash.</param>
/// <param name="Level">Hundredths, 1 to 100.</param>
public readonly record struct ChainHeat(ulong Chain, int Level)
{
    /// <summary>Reads a chain's heat; never throws, allocates nothing.</summary>
    /// <returns>False for any other text, so also for a blob's heat, a rate outside 0 to 1, and one that is 0.00.</returns>
    public static bool TryParse(ReadOnlySpan<char> tag, out ChainHeat heat)
    {
        heat = default;
        if (!tag.StartsWith(TagGrammar.Heat, StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> rest = tag[TagGrammar.Heat.Length..];
        if (!ChainText.TryRead(rest, out ulong chain) || rest.Length == ChainText.Digits || rest[ChainText.Digits] != '=') return false;
        if (!HeatText.TryRead(rest[(ChainText.Digits + 1)..], out int level)) return false;
        heat = new(chain, level);
        return true;
    }

    /// <summary>The tag of a level; null for level 0 and for chain 0, which have none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not from 0 to 100.</exception>
    public static string? Format(ulong chain, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, HeatText.MaxLevel);
        return level == 0 || chain == 0 ? null : new ChainHeat(chain, level).ToString();
    }

    /// <summary>What the tags of all levels of a chain start with.</summary>
    internal static string Prefix(ulong chain) => $"{TagGrammar.Heat}{chain:x16}=";

    /// <summary>Its tag.</summary>
    public override string ToString()
    {
        Span<char> rate = stackalloc char[HeatText.Length];
        HeatText.Write(Level, rate);
        return string.Concat(Prefix(Chain), rate);
    }
}
