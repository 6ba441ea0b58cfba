namespace Dataforts.Mesh.Embedded;

/// <summary>Chance that is the same for the same seed: SplitMix64 (G. Steele, D. Lea and C. Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014). Thread-safe; threads that race draw in the order in which they come.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Whether something of this probability happens.</summary>
    public bool Happens(double probability)
    {
        if (probability <= 0) return false;
        ulong z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53)) < probability;
    }
}
