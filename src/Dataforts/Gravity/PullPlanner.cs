using System.Collections.Immutable;

namespace Dataforts.Gravity;

/// <summary>Decides what a node copies to itself. Pure: the same input gives the same plan, in whatever order the input comes.</summary>
/// <remarks>A copy is worth its readers' demand here times the way it saves them. It is made when that beats, by <see cref="PullPolicy.Factor"/>, what the
/// copies that must leave for it are worth by the same measure; the factor is what keeps two keys of like heat from taking each other's place
/// for ever.</remarks>
public static class PullPlanner
{
    private static readonly int Reasons = Enum.GetValues<PullRefusal>().Length;

    /// <summary>What a copy is worth: the rate times the milliseconds saved to the power of <see cref="PullPolicy.DistanceExponent"/>.</summary>
    public static double Gain(double rate, TimeSpan saved, PullPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return saved <= TimeSpan.Zero || !(rate > 0) ? 0 : rate * Math.Pow(saved.TotalMilliseconds, policy.DistanceExponent);
    }

    /// <summary>Plans one tick.</summary>
    /// <param name="candidates">What readers here want.</param>
    /// <param name="victims">What may leave; those of the least worth go first. A key that is a candidate too is never a victim.</param>
    /// <param name="freeBytes">Room that is free already; below zero when more is held than there is room for.</param>
    /// <param name="policy">The thresholds and budgets.</param>
    public static PullPlan<TKey> Plan<TKey>(
        ReadOnlySpan<PullCandidate<TKey>> candidates, ReadOnlySpan<PullVictim<TKey>> victims, long freeBytes, PullPolicy policy)
        where TKey : struct, IComparable<TKey>
    {
        ArgumentNullException.ThrowIfNull(policy);
        var refusals = new int[Reasons];
        var wanted = new List<(PullCandidate<TKey> Candidate, double Gain)>();
        foreach (PullCandidate<TKey> candidate in candidates)
        {
            PullRefusal refusal = Refusal(candidate, policy);
            if (refusal == PullRefusal.None) wanted.Add((candidate, Gain(candidate.Rate, candidate.Saved, policy)));
            else refusals[(int)refusal]++;
        }
        wanted.Sort(static (a, b) => a.Gain != b.Gain ? b.Gain.CompareTo(a.Gain) : a.Candidate.Key.CompareTo(b.Candidate.Key));
        var room = new PullRoom<TKey>(victims, freeBytes, policy);
        var pulls = ImmutableArray.CreateBuilder<PlannedPull<TKey>>();
        long bytes = 0;
        foreach ((PullCandidate<TKey> candidate, double gain) in wanted)
        {
            if (pulls.Count == policy.PullsPerTick || (pulls.Count > 0 && candidate.SizeBytes > policy.BytesPerTick - bytes))
            {
                refusals[(int)PullRefusal.OverBudget]++;
            }
            else if (room.TryMake(candidate.SizeBytes, gain, out ImmutableArray<TKey> leaving))
            {
                pulls.Add(new PlannedPull<TKey>(candidate, gain, leaving));
                bytes += candidate.SizeBytes;
            }
            else
            {
                refusals[(int)PullRefusal.VictimsWorthMore]++;
            }
        }
        return new PullPlan<TKey>(pulls.ToImmutable(), [.. refusals]);
    }

    private static PullRefusal Refusal<TKey>(in PullCandidate<TKey> candidate, PullPolicy policy)
        where TKey : struct
    {
        if (candidate.IsHeld) return PullRefusal.Held;
        if (candidate.IsInFlight) return PullRefusal.InFlight;
        if (!(candidate.Rate >= policy.MinRate)) return PullRefusal.Cold;
        if (candidate.SizeBytes <= 0) return PullRefusal.UnknownSize;
        if (candidate.Saved <= TimeSpan.Zero) return PullRefusal.NoGain;
        return candidate.ZoneCopies + (long)candidate.ZoneRank >= policy.CopiesPerZone ? PullRefusal.ZoneServed : PullRefusal.None;
    }
}
