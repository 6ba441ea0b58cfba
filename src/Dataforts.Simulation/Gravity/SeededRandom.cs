namespace Dataforts.Simulation.Gravity;

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
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
