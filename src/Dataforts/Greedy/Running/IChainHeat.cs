namespace Dataforts.Greedy.Running;

/// <summary>Counts who is read. Gravity's part, which works whether or not anything is cached.</summary>
public interface IChainHeat
{
    /// <summary>A chain was asked for, whether or not it was here.</summary>
    void Read(ulong chain);

    /// <summary>A chain is no longer held, and no longer claimed.</summary>
    void Gone(ulong chain);
}
