using System.Diagnostics;

namespace Dataforts.Benchmarks;

/// <summary>Compares two ways to do the same work by turns in one process, so that a noisy machine is equally noisy to both.</summary>
internal static class Ratios
{
    /// <summary>Many short turns: one that the scheduler cuts in two falls out of the median.</summary>
    private const int Turns = 401;
    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(250);

    /// <summary>Prints the median rates in GB/s (10^9 bytes), and the median and the quartiles of the ratio of neighbouring turns.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="baseline">Does the work once, the yardstick's way.</param>
    /// <param name="candidate">Does the work once, our way.</param>
    /// <param name="bytes">How many bytes one call works through.</param>
    /// <returns>The median ratio of candidate to baseline; above 1 the candidate is the faster.</returns>
    public static double Compare(string name, Action baseline, Action candidate, long bytes)
    {
        int baselineCalls = Calls(baseline), candidateCalls = Calls(candidate);
        double[] baselineRates = new double[Turns], candidateRates = new double[Turns], ratios = new double[Turns];
        for (int turn = 0; turn < Turns; turn++)
        {
            // Which of them goes first changes, lest the order favour one.
            if (turn % 2 == 0) baselineRates[turn] = Rate(baseline, baselineCalls, bytes);
            candidateRates[turn] = Rate(candidate, candidateCalls, bytes);
            if (turn % 2 != 0) baselineRates[turn] = Rate(baseline, baselineCalls, bytes);
            ratios[turn] = candidateRates[turn] / baselineRates[turn];
        }
        double ratio = Quantile(ratios, 0.5);
        Console.WriteLine(
            $"{name,-44} {Quantile(baselineRates, 0.5),7:F2} {Quantile(candidateRates, 0.5),7:F2}   {ratio,5:F2} x  "
            + $"({Quantile(ratios, 0.25):F2} .. {Quantile(ratios, 0.75):F2})");
        return ratio;
    }

    /// <summary>Prints the heading of the columns of <see cref="Compare"/>.</summary>
    public static void Heading(string baseline, string candidate) =>
        Console.WriteLine($"{"GB/s, medians of " + Turns + " turns",-44} {baseline,7} {candidate,7}   ratio    (quartiles)");

    /// <summary>Warms up, past the tiered JIT, and finds how many calls make a turn.</summary>
    private static int Calls(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        for (; Stopwatch.GetElapsedTime(start) < WarmUpTime || calls < 2; calls++) action();
        return Math.Max(1, (int)(calls * (TurnTime / Stopwatch.GetElapsedTime(start))));
    }

    private static double Rate(Action action, int calls, long bytes)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++) action();
        return bytes * (double)calls / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private static double Quantile(double[] values, double share)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
