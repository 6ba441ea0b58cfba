namespace Dataforts.Gravity;

/// <summary>When heat is worth telling, and as what. Pure.</summary>
public static class HeatEmission
{
    /// <summary>Steps of the value on the wire: it has two decimals.</summary>
    public const int MaxLevel = 100;

    // A sum of weights is off by a few roundings; a ratio reached but for them is reached.
    private const double RoundingShare = 1e-9;

    /// <summary>Whether <paramref name="rate"/> differs enough from what was told last.</summary>
    /// <param name="rate">The rate now.</param>
    /// <param name="lastEmitted">The rate told last; null when none was ever told, 0 when it was taken back.</param>
    /// <param name="policy">Gives the ratio, and whether anything is told.</param>
    public static HeatVerdict Decide(double rate, double? lastEmitted, HeatPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!policy.Enabled || !double.IsFinite(rate) || rate < 0) return HeatVerdict.Suppress;
        if (lastEmitted is not { } last) return rate > 0 ? HeatVerdict.Emit : HeatVerdict.Suppress;
        if (rate == 0) return last > 0 ? HeatVerdict.Withdraw : HeatVerdict.Suppress;
        if (!IsMeasurable(rate) || !IsMeasurable(last)) return HeatVerdict.Emit;
        double enough = policy.EmitRatio * (1 - RoundingShare);
        return rate / last >= enough || last / rate >= enough ? HeatVerdict.Emit : HeatVerdict.Suppress;
    }

    /// <summary>As the other, and also nothing when others would see the same two decimals, and taken back where they would see 0.00.</summary>
    /// <param name="rate">The rate now.</param>
    /// <param name="lastEmitted">The rate told last, or null.</param>
    /// <param name="lastLevel">The hundredths that others see now, 0 for none.</param>
    /// <param name="policy">Gives the ratio, the reference rate, and whether anything is told.</param>
    public static HeatVerdict Decide(double rate, double? lastEmitted, int lastLevel, HeatPolicy policy)
    {
        int level = Level(rate, policy);
        if (level == 0) return Decide(0, lastLevel > 0 ? lastEmitted : null, policy);
        HeatVerdict verdict = Decide(rate, lastEmitted, policy);
        return level == lastLevel ? HeatVerdict.Suppress : verdict;
    }

    /// <summary>The value on the wire, ln(1 + rate) / ln(1 + reference) in hundredths, 0 to 100; 0 for what is no positive finite number.</summary>
    /// <remarks>Chains and blobs alike.</remarks>
    public static int Level(double rate, HeatPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!(rate > 0) || !double.IsFinite(rate)) return 0;
        double value = Math.Log(1 + rate) / Math.Log(1 + policy.ReferenceRate);
        return (int)Math.Round(Math.Min(1, value) * MaxLevel, MidpointRounding.AwayFromZero);
    }

    /// <summary>The rate that a value on the wire stands for, by the reader's own reference rate; 0 for 0.</summary>
    /// <param name="level">Hundredths; what is outside 0 to 100 is taken as the nearer end.</param>
    /// <param name="policy">Gives the reference rate.</param>
    public static double RateOf(int level, HeatPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Math.Exp(Math.Clamp(level, 0, MaxLevel) * Math.Log(1 + policy.ReferenceRate) / MaxLevel) - 1;
    }

    /// <summary>The rate below which others would see 0.00.</summary>
    internal static double ZeroRate(HeatPolicy policy) => Math.Exp(0.5 * Math.Log(1 + policy.ReferenceRate) / MaxLevel) - 1;

    private static bool IsMeasurable(double rate) => double.IsNormal(rate) && rate > HeatLimits.RateFloor;
}
