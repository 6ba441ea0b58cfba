using Dataforts.Content;

namespace Dataforts.Capabilities;

/// <summary>How hot a blob, or one of its chunks, is at a node: a tag <c>heat:blob:HEX64=0.42</c>.</summary>
/// <param name="Hash">Which.</param>
/// <param name="Level">Hundredths, 1 to 100.</param>
public readonly record struct BlobHeat(BlobHash Hash, int Level)
{
    /// <summary>What every such tag starts with.</summary>
    internal const string Prefix = $"{TagGrammar.Heat}blob:";

    /// <summary>Reads a blob's heat; never throws, allocates nothing.</summary>
    /// <returns>False for any other text, so also for a chain's heat, upper-case hex, a rate outside 0 to 1, and one that is 0.00.</returns>
    public static bool TryParse(ReadOnlySpan<char> tag, out BlobHeat heat)
    {
        const int Rate = 10 + BlobHash.HexLength;
        heat = default;
        if (tag.Length <= Rate || tag[Rate] != '=' || !tag.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (!BlobHash.TryParse(tag[Prefix.Length..Rate], out BlobHash hash) || !HeatText.TryRead(tag[(Rate + 1)..], out int level)) return false;
        heat = new(hash, level);
        return true;
    }

    /// <summary>The tag of a level; null for level 0, which has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not from 0 to 100.</exception>
    public static string? Format(BlobHash hash, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, HeatText.MaxLevel);
        return level == 0 ? null : new BlobHeat(hash, level).ToString();
    }

    /// <summary>Its tag, in one allocation.</summary>
    public override string ToString() => string.Create(Prefix.Length + BlobHash.HexLength + 1 + HeatText.Length, this, static (text, heat) =>
    {
        Prefix.CopyTo(text);
        heat.Hash.WriteHex(text[Prefix.Length..]);
        text[Prefix.Length + BlobHash.HexLength] = '=';
        HeatText.Write(heat.Level, text[^HeatText.Length..]);
    });
}
