namespace Dataforts.Gravity;

/// <summary>A counted key, and the links of the lists it is in. Links are indices into the registry's array, -1 at an end.</summary>
internal struct HeatEntry<TKey>
{
    public TKey Key;

    /// <summary>The sum of the weights of its reads, relative to landmark <see cref="Epoch"/>.</summary>
    public double Weight;

    /// <summary>What others know of it.</summary>
    public HeatTold Told;

    /// <summary>From this rate on a bump asks for a look at the next tick.</summary>
    public double RaiseAt;

    public int Epoch;

    /// <summary>The next in its bucket, or in the list of free entries.</summary>
    public int NextInBucket;

    public int Older;

    public int Newer;

    /// <summary>Which queue of the emission it waits in; -1 for none.</summary>
    public int Queue;

    public int NextInQueue;

    public int PreviousInQueue;
}
