namespace Dataforts.Benchmarks.Gravity;

/// <summary>The plain way to count with decay: each bump ages the count by a power of the library, or by a series where that is near enough.</summary>
internal sealed class PowerHeat(double halfLifeTicks, bool usesSeries)
{
    // Up to here three terms of the series are off by less than 1e-6.
    private const double NearHalfLives = 0.10;
    private const double Ln2 = 0.69314718055994530942;

    private readonly Dictionary<ulong, (double Rate, long At)> _counts = [];
    private readonly Lock _gate = new();

    public long Near { get; private set; }

    public void Bump(ulong key, long now)
    {
        lock (_gate)
        {
            _counts.TryGetValue(key, out (double Rate, long At) count);
            double x = (now - count.At) / halfLifeTicks;
            double decay;
            if (usesSeries && x <= NearHalfLives)
            {
                double y = x * Ln2;
                decay = 1 - (y * (1 - (y * (0.5 - (y / 6)))));
                Near++;
            }
            else
            {
                decay = Math.Pow(2, -x);
            }
            _counts[key] = ((count.Rate * decay) + 1, now);
        }
    }
}
