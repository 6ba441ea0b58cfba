namespace Dataforts.Gravity;

/// <summary>Decay by half-life in its forward form: a read is never aged, later reads weigh more instead. A count is then a plain sum, and its rate at any
/// time is the sum divided by the weight of that time.</summary>
/// <remarks>
/// <para>Forward decay is from G. Cormode, V. Shkapenyuk, D. Srivastava and B. Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems",
/// ICDE 2009. Weights grow, so the landmark they are relative to moves every <see cref="LandmarkHalfLives"/> half-lives; a weight then changes by a power of
/// two, which is exact, and is changed when it is next looked at.</para>
/// <para>Immutable. The weight is within 3e-12 of 2^x, relative, never falls as time goes on, and comes from a table and four multiplications: the same on
/// every machine, and no call into the mathematics library.</para>
/// </remarks>
public readonly struct HalfLife
{
    /// <summary>Half-lives from one landmark to the next.</summary>
    public const int LandmarkHalfLives = 64;

    // Past this many landmarks nothing is left of any count that a double can hold.
    private const int ForgottenLandmarks = 32;
    private const int Steps = 256;
    private const double Ln2 = 0.69314718055994530942;

    private static readonly double[] Powers = MakePowers();

    private readonly long _ticks;
    private readonly double _perTick;

    /// <summary>Makes one.</summary>
    /// <param name="duration">In how long a count halves: 1 ms to 3,650 days.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that.</exception>
    public HalfLife(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, HeatLimits.MinHalfLife);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, HeatLimits.MaxHalfLife);
        _ticks = duration.Ticks;
        _perTick = 1.0 / _ticks;
    }

    /// <summary>In how long a count halves.</summary>
    public TimeSpan Duration => new(_ticks);

    /// <summary>The weight of a read at <paramref name="now"/>, which all reads of one fetch share.</summary>
    /// <param name="now">Time since the clock's origin; what is negative counts as 0.</param>
    public HeatMoment At(TimeSpan now) => At(now, 0);

    /// <summary>As the other, without a division when <paramref name="now"/> follows the landmark of <paramref name="epoch"/>.</summary>
    internal HeatMoment At(TimeSpan now, int epoch)
    {
        long ticks = Math.Max(0, now.Ticks), span = _ticks * LandmarkHalfLives, rest = ticks - (epoch * span);
        if ((ulong)rest < (ulong)span) return new HeatMoment(epoch, PowerOfTwo(rest * _perTick));
        (long landmarks, rest) = Math.DivRem(ticks, span);
        return new HeatMoment((int)Math.Min(landmarks, int.MaxValue), PowerOfTwo(rest * _perTick));
    }

    /// <summary>The sum of weights <paramref name="weight"/>, taken relative to landmark <paramref name="epoch"/>, relative to a later one.</summary>
    public static double Rebase(double weight, int epoch, int later)
    {
        int landmarks = later - epoch;
        return landmarks <= 0 ? weight : landmarks > ForgottenLandmarks ? 0 : Math.ScaleB(weight, -LandmarkHalfLives * landmarks);
    }

    /// <summary>What a sum of weights is worth at a moment, in reads: 0 below <see cref="HeatLimits.RateFloor"/>.</summary>
    public static double Rate(double weight, int epoch, in HeatMoment moment)
    {
        double rate = Rebase(weight, epoch, moment.Epoch) / moment.Weight;
        return rate < HeatLimits.RateFloor ? 0 : rate;
    }

    /// <summary>2^x for 0 &lt;= x &lt; 1,023.</summary>
    internal static double PowerOfTwo(double x)
    {
        int whole = (int)x;
        double steps = (x - whole) * Steps;
        int step = (int)steps;
        // At most 2^(1/256): three terms of the series leave 2.3e-12.
        double y = (steps - step) * (Ln2 / Steps);
        double part = 1 + (y * (1 + (y * (0.5 + (y * (1.0 / 6))))));
        return BitConverter.Int64BitsToDouble((1023L + whole) << 52) * (Powers[step] * part);
    }

    // From square roots, which every machine rounds alike; powers of the library are not promised to be.
    private static double[] MakePowers()
    {
        var powers = new double[Steps];
        Array.Fill(powers, 1.0);
        double root = 2;
        for (int bit = Steps / 2; bit > 0; bit /= 2)
        {
            root = Math.Sqrt(root);
            for (int i = 0; i < Steps; i++)
            {
                if ((i & bit) != 0) powers[i] *= root;
            }
        }
        return powers;
    }
}
