using Dataforts.Simulation.Chance;
using static Dataforts.Simulation.Caching.Traces.TraceParts;

namespace Dataforts.Simulation.Caching.Traces;

/// <summary>The kinds of traces. Each takes a seed and the number of requests, by which the number of keys is measured.</summary>
internal static class TraceKinds
{
    public static IEnumerable<(ulong, ulong)> Zipf(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        return Pages(TraceParts.Zipf(random, Keys(requests, random.Between(5, 20)), random.Between(0.6, 1.1)));
    }

    public static IEnumerable<(ulong, ulong)> ZipfDrift(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        return Pages(TraceParts.Zipf(random, Keys(requests, random.Between(10, 30)), random.Between(0.7, 1.1), random.Between(0.002, 0.05)));
    }

    public static IEnumerable<(ulong, ulong)> ZipfShift(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        double exponent = random.Between(0.7, 1.1);
        int run = (int)Math.Max(1, requests / 5);
        int keys = Keys(requests, 40);
        return Pages(TraceParts.Phases([.. Enumerable.Range(0, 5).Select(_ => (TraceParts.Zipf(random, keys, exponent), run))]));
    }

    public static IEnumerable<(ulong, ulong)> Scan(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        int keys = Keys(requests, 30);
        IEnumerable<ulong> hot = TraceParts.Zipf(random, keys, random.Between(0.7, 1.0), random.Between(0, 0.003));
        return Pages(TraceParts.Phases((hot, keys), (Once(random), (int)(keys * random.Between(0.2, 1.0)) + 1)));
    }

    public static IEnumerable<(ulong, ulong)> Loop(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        IEnumerable<ulong> longer = TraceParts.Loop(random, Keys(requests, random.Between(8, 20)));
        IEnumerable<ulong> shorter = TraceParts.Loop(random, Keys(requests, random.Between(40, 100)));
        return Pages(Mix(random, longer, random.Between(0.5, 1.0), shorter));
    }

    public static IEnumerable<(ulong, ulong)> ShiftingLoop(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        int count = Keys(requests, random.Between(20, 60));
        return Pages(TraceParts.Loop(random, count, (int)(count * random.Between(0.02, 0.3)) + 1));
    }

    public static IEnumerable<(ulong, ulong)> LoopZipf(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        IEnumerable<ulong> loop = TraceParts.Loop(random, Keys(requests, random.Between(10, 50)));
        return Pages(Mix(random, loop, random.Between(0.2, 0.7), TraceParts.Zipf(random, Keys(requests, 20), random.Between(0.7, 1.0), 0.002)));
    }

    public static IEnumerable<(ulong, ulong)> MixedSizes(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        double sigma = random.Between(0.5, 2);
        return TraceParts.Zipf(random, Keys(requests, random.Between(5, 20)), random.Between(0.6, 1.1), 0.001)
            .Select(key => (key, ObjectSizes.LogNormal(key, 20_000, sigma)));
    }

    public static IEnumerable<(ulong, ulong)> Cdn(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        double alpha = random.Between(1.05, 1.8);
        IEnumerable<ulong> popular = TraceParts.Zipf(random, Keys(requests, 6), random.Between(0.7, 1.0), random.Between(0.002, 0.02));
        return Mix(random, popular, random.Between(0.5, 0.85), Once(random)).Select(key => (key, ObjectSizes.Pareto(key, 2000, alpha, 1e8)));
    }

    public static IEnumerable<(ulong, ulong)> Recency(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        return Pages(Recent(random, Keys(requests, random.Between(4, 20)), random.Between(0.5, 1.0), random.Between(0.02, 0.2)));
    }

    public static IEnumerable<(ulong, ulong)> Oltp(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        IEnumerable<ulong> recent = Recent(random, Keys(requests, 10), random.Between(0.6, 0.9), random.Between(0.05, 0.15));
        IEnumerable<ulong> hot = Mix(random, recent, random.Between(0.5, 0.8), TraceParts.Zipf(random, Keys(requests, 20), 0.8, 0.005));
        IEnumerable<ulong> work = Mix(random, hot, 0.9, Once(random));
        return Pages(TraceParts.Phases((work, 500), (Once(random), 25)));
    }

    public static IEnumerable<(ulong, ulong)> Block(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        IEnumerable<ulong> hot = Mix(
            random,
            TraceParts.Zipf(random, Keys(requests, 15), random.Between(0.6, 0.9), 0.005),
            random.Between(0.3, 0.7),
            Recent(random, Keys(requests, 20), 0.8, 0.1));
        int run = Keys(requests, 25);
        return TraceParts.Phases(
                (hot, run), (Once(random), run / 3), (hot, run), (TraceParts.Loop(random, Keys(requests, random.Between(30, 80))), run))
            .Select(key => (key, 4096UL << (int)(ExactMath.Scatter(key) % 6)));
    }

    public static IEnumerable<(ulong, ulong)> Bursts(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        IEnumerable<ulong> crowds = Crowds(random, Keys(requests, random.Between(200, 2000)), (int)random.Between(3, 40));
        IEnumerable<ulong> quiet = TraceParts.Zipf(random, Keys(requests, 10), random.Between(0.5, 0.9));
        return Pages(Mix(random, crowds, random.Between(0.3, 0.7), quiet));
    }

    public static IEnumerable<(ulong, ulong)> WriteReadSoon(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        IEnumerable<ulong> soon = Crowds(random, Keys(requests, random.Between(100, 1000)), 3);
        return Mix(random, soon, random.Between(0.6, 0.9), TraceParts.Zipf(random, Keys(requests, 20), 0.8))
            .Select(key => (key, ObjectSizes.Even(key, 1000, 60_000)));
    }

    public static IEnumerable<(ulong, ulong)> Weekly(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        int keys = Keys(requests, 40);
        int day = (int)Math.Max(14, requests / 28);
        double exponent = random.Between(0.7, 1.0);
        IEnumerable<ulong>[] parts = [.. Enumerable.Range(0, 3).Select(_ => TraceParts.Zipf(random, keys, exponent, 0.001))];
        IEnumerator<ulong>[] open = [.. parts.Select(part => part.GetEnumerator())];
        return Week(open, day).Select(key => (key, ObjectSizes.LogNormal(key, 30_000, 1)));
    }

    public static IEnumerable<(ulong, ulong)> KeyValue(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        return TraceParts.Zipf(random, Keys(requests, 8), random.Between(0.8, 1.2), random.Between(0.02, 0.3))
            .Select(key => (key, ObjectSizes.Pareto(key, 60, 1.5, 20_000)));
    }

    public static IEnumerable<(ulong, ulong)> Phases(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        int run = (int)Math.Max(1, requests / (long)random.Between(6, 20));
        return Pages(TraceParts.Phases(
            (Recent(random, Keys(requests, 15), 0.8, 0.15), run),
            (TraceParts.Zipf(random, Keys(requests, 15), random.Between(0.7, 1.0)), run),
            (TraceParts.Loop(random, Keys(requests, random.Between(20, 60))), run)));
    }

    public static IEnumerable<(ulong, ulong)> MixedScan(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        int keys = Keys(requests, 20);
        double alpha = random.Between(1.1, 2);
        IEnumerable<(ulong, ulong)> hot = TraceParts.Zipf(random, keys, random.Between(0.7, 1.0), random.Between(0.001, 0.02))
            .Select(key => (key, ObjectSizes.Pareto(key, 4000, alpha, 5e7)));
        IEnumerable<(ulong, ulong)> scan = Once(random).Select(key => (key, ObjectSizes.LogNormal(key, 60_000, 0.5)));
        return Turns(hot, keys, scan, keys / 3);
    }

    public static IEnumerable<(ulong, ulong)> MixedRecency(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        double sigma = random.Between(0.5, 2);
        return Recent(random, Keys(requests, random.Between(4, 20)), random.Between(0.5, 1.0), random.Between(0.02, 0.2))
            .Select(key => (key, ObjectSizes.LogNormal(key, 10_000, sigma)));
    }

    public static IEnumerable<(ulong, ulong)> Giants(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        return TraceParts.Zipf(random, 200, random.Between(0.5, 1.0), random.Between(0, 0.01)).Select(key => (key, ObjectSizes.Pareto(key, 1e6, 0.8, 1e9)));
    }

    public static IEnumerable<(ulong, ulong)> Versions(ulong seed, long requests)
    {
        var random = SeededRandom.OfTrace(seed);
        var versions = new Dictionary<ulong, ulong>();
        double rewritten = random.Between(0.01, 0.1);
        foreach (ulong key in TraceParts.Zipf(random, Keys(requests, 20), random.Between(0.7, 1.0), 0.002))
        {
            ulong version = versions.GetValueOrDefault(key);
            if (random.Happens(rewritten)) versions[key] = ++version;
            yield return (key, ObjectSizes.LogNormal(key + version, 20_000, 1));
        }
    }

    private static int Keys(long requests, double requestsPerKey) => (int)Math.Clamp(requests / requestsPerKey, 4, 20_000_000);

    private static IEnumerable<ulong> Week(IEnumerator<ulong>[] parts, int day)
    {
        for (long now = 0; ; now++)
        {
            bool weekend = now / day % 7 >= 5;
            IEnumerator<ulong> part = parts[weekend ? 2 : now % day < day / 2 ? 0 : 1];
            part.MoveNext();
            yield return part.Current;
        }
    }

    private static IEnumerable<(ulong, ulong)> Turns(IEnumerable<(ulong, ulong)> first, int firstRun, IEnumerable<(ulong, ulong)> second, int secondRun)
    {
        using IEnumerator<(ulong, ulong)> left = first.GetEnumerator();
        using IEnumerator<(ulong, ulong)> right = second.GetEnumerator();
        for (long at = 0; ; at = (at + 1) % (firstRun + secondRun))
        {
            IEnumerator<(ulong, ulong)> turn = at < firstRun ? left : right;
            turn.MoveNext();
            yield return turn.Current;
        }
    }
}
