namespace Dataforts.Simulation;

/// <summary>One experiment: a question, a seeded world in virtual time, figures, and what they have to reach.</summary>
public interface IExperiment
{
    /// <summary>The word it is asked for by, such as <c>e2</c>.</summary>
    string Name { get; }

    /// <summary>What it shows, in one line for a person.</summary>
    string Purpose { get; }

    /// <summary>Runs it. The same seed gives the same result, to the byte, on every machine.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ExperimentResult Run(ulong seed, CancellationToken cancellationToken);
}
