namespace Dataforts.Simulation.Gravity;

/// <summary>What E2 counted.</summary>
internal sealed record DriftOutcome
{
    /// <summary>Steps that a recovery may take: a tenth of those that follow the reshuffle, and some for chance.</summary>
    public const int MaxRecoverySteps = 30;

    public required double LocalShare { get; init; }

    public required double FrozenLocalShare { get; init; }

    public required double RemoteShare { get; init; }

    public required double MeanMilliseconds { get; init; }

    public required double FrozenMeanMilliseconds { get; init; }

    public required long Reads { get; init; }

    public required long Pulls { get; init; }

    public required long Repulls { get; init; }

    /// <summary>What one who knew each zone's popularity would copy: the first fill of all slots, and after the reshuffle what is not there already.</summary>
    public required long SlotsToFill { get; init; }

    /// <summary>The share of reads served locally, step by step.</summary>
    public required IReadOnlyList<double> LocalByStep { get; init; }

    /// <summary>The share of the same reads that would have been served locally had nothing moved.</summary>
    public required IReadOnlyList<double> FrozenByStep { get; init; }

    public required string Trace { get; init; }

    public double TimeRatio => MeanMilliseconds / FrozenMeanMilliseconds;

    public double PullsPerSlot => Pulls / (double)SlotsToFill;

    public double RepullShare => Pulls == 0 ? 0 : Repulls / (double)Pulls;

    /// <summary>Steps after the reshuffle until a step's local share is 0.9 of the mean before it; the steps left when it never is.</summary>
    public int RecoverySteps
    {
        get
        {
            int half = LocalByStep.Count / 2;
            double wanted = 0.9 * LocalByStep.Take(half).Skip(half / 2).Average();
            return LocalByStep.Skip(half).TakeWhile(share => share < wanted).Count();
        }
    }
}
