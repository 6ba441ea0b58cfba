using System.Globalization;

namespace Dataforts.Simulation.Experiments;

/// <summary>The text of what nodes say of chains.</summary>
internal static class ChainTags
{
    public const string Greedy = "dataforts.greedy.enabled";
    public const string Gravity = "dataforts.gravity.enabled";
    public const string ClaimPrefix = "causal:";
    public const string HeatPrefix = "heat:";
    public const string ZonePrefix = "scope:zone:";
    private const int Digits = 16;

    public static string Claim(ulong chain) => string.Create(CultureInfo.InvariantCulture, $"{ClaimPrefix}{chain:x16}");

    public static string Heat(ulong chain, int level) =>
        string.Create(CultureInfo.InvariantCulture, $"{HeatPrefix}{chain:x16}={level / 100}.{level % 100:00}");

    public static string Channel(ulong chain) => string.Create(CultureInfo.InvariantCulture, $"chain/{chain:x16}");

    public static bool TryClaim(string tag, out ulong chain)
    {
        chain = 0;
        return tag.Length == ClaimPrefix.Length + Digits && tag.StartsWith(ClaimPrefix, StringComparison.Ordinal) && TryChain(tag, ClaimPrefix.Length, out chain);
    }

    public static bool TryHeat(string tag, out ulong chain, out int level)
    {
        (chain, level) = (0, 0);
        int equals = HeatPrefix.Length + Digits;
        if (!tag.StartsWith(HeatPrefix, StringComparison.Ordinal) || tag.Length <= equals || tag[equals] != '=' || !TryChain(tag, HeatPrefix.Length, out chain)) return false;
        if (!double.TryParse(tag.AsSpan(equals + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) || rate is not (> 0 and <= 1)) return false;
        level = (int)Math.Round(rate * 100);
        return level > 0;
    }

    private static bool TryChain(string tag, int from, out ulong chain) =>
        ulong.TryParse(tag.AsSpan(from, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out chain);
}
