using Dataforts.Simulation.Experiments;

namespace Dataforts.Simulation.Gravity;

/// <summary>A node of E2, and when it let which chain go.</summary>
internal sealed class DriftNode(int index, SimulatedNode node)
{
    public int Index { get; } = index;

    public SimulatedNode Node { get; } = node;

    public Dictionary<ulong, TimeSpan> LeftAt { get; } = [];
}
