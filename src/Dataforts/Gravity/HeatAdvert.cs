namespace Dataforts.Gravity;

/// <summary>Heat as a peer tells it.</summary>
/// <param name="Key">The chain or blob.</param>
/// <param name="Level">Hundredths, 1 to 100.</param>
public readonly record struct HeatAdvert<TKey>(TKey Key, int Level)
    where TKey : struct;
