using Dataforts.Gravity;

namespace Dataforts.Greedy.Running;

/// <summary>Counts reads of chains in gravity's registry.</summary>
/// <param name="registry">Where.</param>
/// <param name="time">The clock.</param>
/// <param name="origin">The timestamp from which the registry's times are counted.</param>
public sealed class RegistryHeat(HeatRegistry<ulong> registry, TimeProvider time, long origin) : IChainHeat
{
    /// <inheritdoc/>
    public void Read(ulong chain) => registry.Bump(chain, time.GetElapsedTime(origin));

    /// <inheritdoc/>
    public void Gone(ulong chain) => registry.Remove(chain);
}
