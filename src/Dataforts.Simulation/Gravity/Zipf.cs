namespace Dataforts.Simulation.Gravity;

/// <summary>Draws ranks, the first the likeliest: rank r, from 1, with a chance in proportion to r to the power of minus the exponent.</summary>
internal sealed class Zipf
{
    // In 2^-32, so that a last bit of the library's power function decides nothing.
    private readonly uint[] _ends;

    public Zipf(int ranks, double exponent)
    {
        double[] weights = [.. Enumerable.Range(1, ranks).Select(rank => Math.Pow(rank, -exponent))];
        double total = weights.Sum(), sum = 0;
        _ends = [.. weights.Select(weight => (uint)Math.Min(uint.MaxValue, Math.Round((sum += weight) / total * 4294967296.0)))];
        _ends[^1] = uint.MaxValue;
    }

    /// <summary>A rank from 0.</summary>
    public int Draw(SeededRandom random)
    {
        int found = Array.BinarySearch(_ends, (uint)(random.Next() >> 32));
        return Math.Min(found < 0 ? ~found : found + 1, _ends.Length - 1);
    }
}
