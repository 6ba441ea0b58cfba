using Dataforts.Capabilities;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>The text of what nodes say of chains.</summary>
internal static class ChainTags
{
    public const string Greedy = "dataforts.greedy.enabled";
    public const string Gravity = "dataforts.gravity.enabled";
    public const string HeatPrefix = "heat:";
    public const string ZonePrefix = "scope:zone:";

    public static string Claim(ulong chain) => ChainClaim.Present(chain).ToString();

    public static string Heat(ulong chain, int level) => ChainHeat.Format(chain, level)!;

    public static string Channel(ulong chain) => $"chain/{new NodeId(chain)}";

    public static bool TryClaim(string tag, out ulong chain)
    {
        bool isClaim = ChainClaim.TryParse(tag, out ChainClaim claim);
        chain = claim.Chain;
        return isClaim;
    }
}
