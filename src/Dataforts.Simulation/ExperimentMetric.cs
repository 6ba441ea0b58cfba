namespace Dataforts.Simulation;

/// <summary>One figure of an experiment.</summary>
/// <param name="Name">Its JSON key, with the unit.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Limit">What was asked for; null for a figure that is only reported.</param>
/// <param name="Passed">Whether it was reached; true where nothing was asked for.</param>
public sealed record ExperimentMetric(string Name, double Value, double? Limit = null, bool Passed = true)
{
    /// <summary>A figure that has to be <paramref name="limit"/> or more.</summary>
    public static ExperimentMetric AtLeast(string name, double value, double limit) => new(name, value, limit, value >= limit);

    /// <summary>A figure that has to be <paramref name="limit"/> or less.</summary>
    public static ExperimentMetric AtMost(string name, double value, double limit) => new(name, value, limit, value <= limit);
}
