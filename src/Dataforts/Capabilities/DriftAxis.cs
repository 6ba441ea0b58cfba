namespace Dataforts.Capabilities;

/// <summary>Which of the two ways that data drifts: tags of one say nothing of the other.</summary>
public enum DriftAxis
{
    /// <summary>Keeping what flows past.</summary>
    Greedy,

    /// <summary>Pulling what readers want.</summary>
    Gravity,
}
