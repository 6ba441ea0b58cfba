namespace Dataforts.Simulation.Chance;

/// <summary>Draws ranks, 0 the most popular, where rank r comes with a weight of 1 / (r + 1)^s.</summary>
internal sealed class Zipf
{
    private readonly double[] _sums;

    public Zipf(int count, double exponent)
    {
        _sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) _sums[i] = sum += ExactMath.Exp(-exponent * ExactMath.Log(i + 1));
    }

    /// <summary>How many ranks there are.</summary>
    public int Count => _sums.Length;

    public int Draw(SeededRandom random)
    {
        double at = random.NextShare() * _sums[^1];
        int found = Array.BinarySearch(_sums, at);
        return Math.Min(found < 0 ? ~found : found + 1, _sums.Length - 1);
    }
}
