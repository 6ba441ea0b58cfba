using System.Diagnostics;
using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;

namespace Dataforts.Benchmarks.Greedy;

/// <summary><c>ratios greedy</c>: what greedy caching costs an event, beside what it costs not to do it and beside the lock and copy that it does
/// without.</summary>
internal static partial class GreedyRatios
{
    private const int PayloadBytes = 256;
    private const int Batch = 20_000;
    private const int Turns = 41;

    /// <summary>Many short turns: one that the scheduler cuts in two falls out of the median.</summary>
    private const int ThreadTurns = 301;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private static readonly Publisher Wanted = new(new TagFacts(["scope:tenant:a"]), PublisherHints.None, TimeSpan.FromMilliseconds(1));
    private static readonly Publisher Unwanted = new(new TagFacts(["scope:tenant:b"]), PublisherHints.None, TimeSpan.FromMilliseconds(1));

    /// <summary>Runs it all, or the part that the argument names: <c>dispatch</c>, <c>threads</c>, <c>legacy</c>, <c>ingest</c>, <c>origins</c>.</summary>
    public static int Run(string[] args)
    {
        string? only = args.FirstOrDefault();
        if (only is null or "dispatch") Dispatching();
        if (only is null or "threads") TwoThreads();
        if (only is null or "legacy") Legacy();
        if (only is null or "ingest") Ingest();
        if (only is null or "origins") OriginLookups();
        return 0;
    }

    private static void Dispatching()
    {
        Console.WriteLine($"one thread, events of {PayloadBytes} bytes, steady state      ns/event   M events/s   B allocated/event");
        using var source = new EventSource(PayloadBytes);
        Row("admitted and cached", () => source.Send(0, Batch, Wanted, null));
        Row("refused (scope)", () => source.Send(1, Batch, Unwanted, null));
        var hints = new Dictionary<string, string> { [PublisherHints.ColocateKey] = "0000000000000001" };
        Row("cached, every event with a colocation hint", () => source.Send(2, Batch, Wanted, hints));
        Row("cached, every tenth event with one", () =>
        {
            for (int i = 0; i < Batch / 10; i++)
            {
                source.Send(3, 9, Wanted, null);
                source.Send(4, 1, Wanted, hints);
            }
        });
        Row("admitted and cached, once more", () => source.Send(0, Batch, Wanted, null));
    }

    private static void TwoThreads()
    {
        using var source = new EventSource(PayloadBytes);
        double[] scaling = new double[ThreadTurns], empty = new double[ThreadTurns], ratios = new double[ThreadTurns];
        long warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm) < WarmUp)
        {
            source.Send(0, Batch, Wanted, null);
            source.Send(1, Batch, Wanted, null);
            Spin(Batch);
        }
        for (int turn = 0; turn < ThreadTurns; turn++)
        {
            // Either side in front by turns.
            if (turn % 2 == 0) empty[turn] = Scaling(_ => Spin(Batch * 60));
            scaling[turn] = Scaling(thread => source.Send(thread, Batch, Wanted, null));
            if (turn % 2 != 0) empty[turn] = Scaling(_ => Spin(Batch * 60));
            ratios[turn] = scaling[turn] / empty[turn];
        }
        Console.WriteLine();
        Console.WriteLine("two threads on different channels, as a multiple of one thread (medians of the turns; quartiles)");
        Console.WriteLine($"  empty loop  {Quantile(empty, 0.5):F2}   dispatch and cache {Quantile(scaling, 0.5):F2}   ratio {Quantile(ratios, 0.5):F2} "
            + $"({Quantile(ratios, 0.25):F2} .. {Quantile(ratios, 0.75):F2})");
    }

    // How much more two threads get done than one in the same time.
    private static double Scaling(Action<int> work)
    {
        long start = Stopwatch.GetTimestamp();
        work(0);
        double one = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int missing = 2;
        long[] starts = new long[2], ends = new long[2];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(thread => new Thread(() =>
        {
            // They take their own times: who waits for them may not run when they begin.
            Interlocked.Decrement(ref missing);
            while (Volatile.Read(ref missing) > 0) Thread.SpinWait(1);
            long begun = Stopwatch.GetTimestamp();
            work(thread);
            (starts[thread], ends[thread]) = (begun, Stopwatch.GetTimestamp());
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return 2 * one / Stopwatch.GetElapsedTime(starts.Min(), ends.Max()).TotalSeconds;
    }

    private static void Spin(int count)
    {
        ulong state = 1;
        for (int i = 0; i < count; i++) state = (state * 6364136223846793005) + 1442695040888963407;
        if (state == 0) Console.WriteLine();
    }

    private static void Row(string name, Action batch, int events = Batch)
    {
        // Past the tiered JIT, which takes its time on a busy machine.
        long warm = Stopwatch.GetTimestamp();
        for (int i = 0; i < 40 || Stopwatch.GetElapsedTime(warm) < WarmUp; i++) batch();
        double[] times = new double[Turns];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int turn = 0; turn < Turns; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            batch();
            times[turn] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / events;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double median = Quantile(times, 0.5);
        Console.WriteLine($"  {name,-56} {median,8:F1} {1000 / median,12:F2} {allocated / ((double)Turns * events),12:F2}");
    }

    private static double Quantile(double[] values, double share)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
