namespace Dataforts.Store;

/// <summary>How far and how fast a store is compacted.</summary>
public sealed record CompactionOptions
{
    /// <summary>Segments with at least this share of garbage are rewritten.</summary>
    /// <value>0.5: one byte is copied for each byte regained at worst. Above 0, at most 1.</value>
    public double MinGarbageRatio
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            field = value;
        }
    } = 0.5;

    /// <summary>The most bytes to copy in a second.</summary>
    /// <value>Null: as fast as it goes.</value>
    public long? BytesPerSecond
    {
        get;
        init
        {
            if (value is { } rate) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
            field = value;
        }
    }

    /// <summary>What holds the copying back, in the place of <see cref="BytesPerSecond"/>; a <see cref="Store.Pace"/> can be
    /// changed while it goes on.</summary>
    /// <value>Null: <see cref="BytesPerSecond"/> does.</value>
    public IPace? Pace { get; init; }
}
