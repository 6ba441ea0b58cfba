using Dataforts.Simulation.Chance;

namespace Dataforts.Simulation.Caching.Traces;

/// <summary>Sizes that belong to keys, drawn from the key itself.</summary>
internal static class ObjectSizes
{
    /// <summary>Log-normal, as files and web objects are in the middle.</summary>
    public static ulong LogNormal(ulong key, double median, double sigma)
    {
        // The sum of twelve shares less six is close to normal.
        double normal = -6;
        ulong hash = key ^ 0x5157;
        for (int i = 0; i < 12; i++) normal += ExactMath.Share(hash = ExactMath.Scatter(hash));
        return Math.Max(1, (ulong)(median * ExactMath.Exp(sigma * normal)));
    }

    /// <summary>Pareto, with a heavy tail up to <paramref name="most"/>.</summary>
    public static ulong Pareto(ulong key, double least, double alpha, double most)
    {
        double share = 1 - ExactMath.Share(ExactMath.Scatter(key ^ 0xA11A));
        return (ulong)Math.Min(most, least * ExactMath.Exp(-ExactMath.Log(share) / alpha));
    }

    /// <summary>Even between two bounds.</summary>
    public static ulong Even(ulong key, ulong least, ulong most) => least + (ExactMath.Scatter(key ^ 0xE7E7) % (most - least + 1));
}
