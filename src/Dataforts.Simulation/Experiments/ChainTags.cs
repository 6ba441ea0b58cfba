using Dataforts.Capabilities.Tags;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>The text of what nodes say of chains.</summary>
internal static class ChainTags
{
    public const string Greedy = "dataforts.greedy.enabled";
    public const string Gravity = "dataforts.gravity.enabled";
    public const string HeatPrefix = "heat:";

    public static string Claim(ulong chain) => ChainClaim.Present(chain).ToString();

    public static string Heat(ulong chain, int level) => ChainHeat.Format(chain, level)!;

    public static string Channel(ulong chain) => $"chain/{new NodeId(chain)}";

    public static bool TryClaim(string tag, out ulong chain)
    {
        bool isClaim = ChainClaim.TryParse(tag, out ChainClaim claim);
        chain = claim.Chain;
        return isClaim;
    }

    /// <summary>The chain that a heat or a want is of.</summary>
    public static bool TryHeat(string tag, out ulong chain)
    {
        bool isHeat = ChainHeat.TryParse(tag, out ChainHeat heat);
        bool isWant = ChainWant.TryParse(tag, out ChainWant want);
        chain = isHeat ? heat.Chain : want.Chain;
        return isHeat || isWant;
    }
}
