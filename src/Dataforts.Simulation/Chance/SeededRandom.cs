namespace Dataforts.Simulation.Chance;

/// <summary>Numbers that look random and are the same for the same seed on every machine: xoshiro256** (D. Blackman and S. Vigna, "Scrambled Linear
/// Pseudorandom Number Generators", 2018), its state filled by SplitMix64.</summary>
internal sealed class SeededRandom
{
    private ulong _a, _b, _c, _d;

    public SeededRandom(ulong seed)
    {
        _a = Split(ref seed);
        _b = Split(ref seed);
        _c = Split(ref seed);
        _d = Split(ref seed);
    }

    private SeededRandom(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <summary>The numbers that traces are made of: the state filled by one hash after the other.</summary>
    public static SeededRandom OfTrace(ulong seed)
    {
        ulong a = ExactMath.Scatter(seed + 1), b = ExactMath.Scatter(a), c = ExactMath.Scatter(b);
        return new SeededRandom(a, b, c, ExactMath.Scatter(c));
    }

    public ulong Next()
    {
        ulong result = ulong.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number from 0 up to <paramref name="end"/>, which it is not. The bias is below 2^-32.</summary>
    public int Below(int end) => (int)((Next() >> 32) * (ulong)end >> 32);

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextShare() => ExactMath.Share(Next());

    /// <summary>Between two figures, each as likely.</summary>
    public double Between(double least, double most) => least + ((most - least) * NextShare());

    /// <summary>Whether something of that probability happens.</summary>
    public bool Happens(double probability) => NextShare() < probability;

    public T[] Shuffled<T>(IEnumerable<T> items)
    {
        T[] array = [.. items];
        for (int i = array.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (array[i], array[other]) = (array[other], array[i]);
        }
        return array;
    }

    private static ulong Split(ref ulong state)
    {
        ulong mixed = ExactMath.Scatter(state);
        state += ExactMath.Step;
        return mixed;
    }
}
