namespace Dataforts.Gravity;

/// <summary>A key and its rate at the time it was asked for.</summary>
/// <param name="Key">The chain or blob.</param>
/// <param name="Rate">Reads a half-life.</param>
public readonly record struct HeatReading<TKey>(TKey Key, double Rate)
    where TKey : struct;
