namespace Dataforts.Simulation.Chance;

/// <summary>Functions made of nothing but exact arithmetic: the same on every machine, where the platform's logarithms differ in the last bit.</summary>
internal static class ExactMath
{
    /// <summary>What SplitMix64 adds from one number to the next.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    private const double LogarithmOfTwo = 0.693147180559945309417232;

    /// <summary>A hash: what is drawn for a thing once and for all.</summary>
    public static ulong Scatter(ulong value)
    {
        value += Step;
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ value >> 27) * 0x94D049BB133111EBUL;
        return value ^ value >> 31;
    }

    /// <summary>A share of one from a hash.</summary>
    public static double Share(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    /// <summary>e to the power of <paramref name="x"/>.</summary>
    public static double Exp(double x)
    {
        double twos = Math.Round(x / LogarithmOfTwo);
        double rest = x - (twos * LogarithmOfTwo);
        double term = 1;
        double sum = 1;
        for (int i = 1; i < 18; i++) sum += term *= rest / i;
        return Math.ScaleB(sum, (int)twos);
    }

    /// <summary>The natural logarithm of what is above 0.</summary>
    public static double Log(double x)
    {
        int twos = Math.ILogB(x);
        double mantissa = Math.ScaleB(x, -twos);
        double y = (mantissa - 1) / (mantissa + 1);
        double square = y * y;
        double sum = 0;
        for (int i = 39; i > 0; i -= 2) sum = (sum * square) + (1.0 / i);
        return (2 * y * sum) + (twos * LogarithmOfTwo);
    }
}
