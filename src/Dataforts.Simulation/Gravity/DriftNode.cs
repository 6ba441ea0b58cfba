using Dataforts.Gravity;

namespace Dataforts.Simulation.Gravity;

/// <summary>A node of E2: what it counts, what it holds, and what it let go when.</summary>
internal sealed class DriftNode(int id, int zone, DriftOptions options)
{
    public int Id { get; } = id;

    public int Zone { get; } = zone;

    public HeatRegistry<ulong> Heat { get; } =
        new(options.Fault == DriftFault.NoDecay ? options.Heat with { HalfLife = HeatLimits.MaxHalfLife } : options.Heat);

    /// <summary>Chains in the cache, in the order in which they came. Those that live here are in no slot.</summary>
    public List<ulong> Cache { get; } = [];

    public bool[] Holds { get; } = new bool[options.Chains];

    public int[] LeftAt { get; } = [.. Enumerable.Repeat(int.MinValue, options.Chains)];

    public void Add(ulong chain)
    {
        Cache.Add(chain);
        Holds[chain] = true;
    }

    public void Drop(ulong chain, int step)
    {
        Cache.Remove(chain);
        Holds[chain] = false;
        LeftAt[chain] = step;
    }
}
