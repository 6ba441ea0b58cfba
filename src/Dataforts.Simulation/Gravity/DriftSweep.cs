namespace Dataforts.Simulation.Gravity;

/// <summary>E2 over many seeds: what the median and the worst of them reach.</summary>
internal static class DriftSweep
{
    /// <summary>Seeds of the sweep that acceptance speaks of.</summary>
    public const int Seeds = 100;

    public static IReadOnlyList<ExperimentMetric> Run(DriftOptions options, ulong firstSeed, int seeds, CancellationToken cancellationToken)
    {
        // Each world runs on one thread from its beginning to its end.
        var outcomes = new DriftOutcome[seeds];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, seeds, parallel, i =>
        {
            using var world = new DriftWorld(options with { Traces = false }, unchecked(firstSeed + (ulong)i));
            outcomes[i] = world.Run(cancellationToken);
        });
        return
        [
            ExperimentMetric.AtLeast("medianLocalShare", Median(outcomes, outcome => outcome.LocalShare), 0.70),
            ExperimentMetric.AtMost("medianFrozenLocalShare", Median(outcomes, outcome => outcome.FrozenLocalShare), 0.15),
            ExperimentMetric.AtMost("medianMeanTimeOfFrozen", Median(outcomes, outcome => outcome.TimeRatio), 0.28),
            ExperimentMetric.AtMost("medianPullsPerSlotToFill", Median(outcomes, outcome => outcome.PullsPerSlot), 2.3),
            ExperimentMetric.AtMost("medianRepullShare", Median(outcomes, outcome => outcome.RepullShare), 0.05),
            ExperimentMetric.AtLeast("worstLocalShare", outcomes.Min(outcome => outcome.LocalShare), 0.62),
            ExperimentMetric.AtMost("worstMeanTimeOfFrozen", outcomes.Max(outcome => outcome.TimeRatio), 0.35),
            ExperimentMetric.AtMost("worstPullsPerSlotToFill", outcomes.Max(outcome => outcome.PullsPerSlot), 3),
            ExperimentMetric.AtMost("worstRecoverySteps", outcomes.Max(outcome => outcome.RecoverySteps), DriftOutcome.MaxRecoverySteps),
            new("medianRecoverySteps", Median(outcomes, outcome => outcome.RecoverySteps)),
            new("seeds", seeds),
        ];
    }

    private static double Median(DriftOutcome[] outcomes, Func<DriftOutcome, double> value)
    {
        double[] sorted = [.. outcomes.Select(value).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
