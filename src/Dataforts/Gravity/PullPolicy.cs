namespace Dataforts.Gravity;

/// <summary>What is worth a copy here. Immutable.</summary>
public sealed record PullPolicy
{
    /// <summary>How many times more than what has to leave a pull must save.</summary>
    /// <value>2; finite, 1 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double Factor
    {
        get;
        init => field = value >= 1 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Factor), value, "finite and at least 1");
    } = 2;

    /// <summary>Reads a half-life below which nothing is pulled, also where there is room.</summary>
    /// <value>2; finite, more than 0.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double MinRate
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(MinRate), value, "finite and more than 0");
    } = 2;

    /// <summary>How much it matters from how far a copy saves the way: a gain is the rate times the milliseconds saved to this power.</summary>
    /// <value>0.1; 0 to 1. At 1 the mean time of a read is lowest and neighbours share what they keep; at 0 the share of reads served by the node itself is
    /// highest, and neighbours keep the same.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that.</exception>
    public double DistanceExponent
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(DistanceExponent), value, "0 to 1");
    } = 0.1;

    /// <summary>Bytes that one tick pulls at most. What is larger than that goes alone, as the first of its tick.</summary>
    /// <value>64 MiB; 1 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public long BytesPerTick
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(BytesPerTick), value, "at least 1 byte");
    } = 64L << 20;

    /// <summary>Pulls that one tick starts at most.</summary>
    /// <value>64; 1 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public int PullsPerTick
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(PullsPerTick), value, "at least 1 pull");
    } = 64;

    /// <summary>Copies that a zone keeps at most of one key, this node's among them: beyond it readers go to a neighbour.</summary>
    /// <value>4; 1 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public int CopiesPerZone
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(CopiesPerZone), value, "at least 1 copy");
    } = 4;
}
