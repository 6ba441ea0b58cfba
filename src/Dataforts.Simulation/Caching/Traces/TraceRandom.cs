using System.Numerics;

namespace Dataforts.Simulation.Caching.Traces;

/// <summary>Chance that is the same on every machine: xoshiro256** (Blackman, Vigna 2018) seeded by SplitMix64, and functions of it made of nothing but exact
/// arithmetic, as the platform's logarithms differ in the last bit.</summary>
internal sealed class TraceRandom
{
    private const double LogarithmOfTwo = 0.693147180559945309417232;

    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public TraceRandom(ulong seed)
    {
        _a = Scatter(seed + 1);
        _b = Scatter(_a);
        _c = Scatter(_b);
        _d = Scatter(_c);
    }

    /// <summary>A hash: what is drawn for a thing once and for all.</summary>
    public static ulong Scatter(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
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

    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextShare() => Share(Next());

    /// <summary>From 0 up to, not including, <paramref name="count"/>.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>Between two figures, each as likely.</summary>
    public double Between(double least, double most) => least + ((most - least) * NextShare());

    /// <summary>Whether something of that probability happens.</summary>
    public bool Happens(double probability) => NextShare() < probability;
}
