using System.Diagnostics;
using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Gravity;

namespace Dataforts.Benchmarks.Gravity;

/// <summary>What a bump costs, beside other ways to count; what room for a new key costs; what a fetch stages; what candidates cost.</summary>
internal static class HeatRatios
{
    private const int Turns = 9;
    private static readonly HeatPolicy Policy = new();

    public static int Run()
    {
        Bumps();
        ColdKeys();
        Fetches();
        Candidates();
        return 0;
    }

    private static void Bumps()
    {
        Console.WriteLine("a bump of one of 1,024 warm keys, each at a time of its own, medians of 9 turns");
        foreach (double gap in (double[])[0.0001, 1])
        {
            long step = (long)(Policy.HalfLife.Ticks * gap / 1024);
            var power = new PowerHeat(Policy.HalfLife.Ticks, false);
            var series = new PowerHeat(Policy.HalfLife.Ticks, true);
            var registry = new HeatRegistry<ulong>(Policy);
            long now = 0;
            double[] times = Medians(
                1_000_000,
                i => power.Bump((ulong)i & 1023, now += step),
                i => series.Bump((ulong)i & 1023, now += step),
                i => registry.Bump((ulong)i & 1023, new TimeSpan(now += step)));
            string beside = string.Create(CultureInfo.InvariantCulture, $"power {times[0]:F1} ns, series {times[1]:F1} ns");
            Line($"  a key every {gap:G3} half-lives: {beside}, forward {times[2]:F1} ns ({times[2] / times[0]:F2} x the power)");
        }
        double sink = 0;
        var halfLife = new HalfLife(Policy.HalfLife);
        double[] bare = Medians(
            10_000_000, i => sink += Math.Pow(2, -i * 1e-6), i => sink += Math.Exp(-i * 1e-6), i => sink += halfLife.At(new TimeSpan(i * 1000L)).Weight);
        Line($"  the decay alone: power {bare[0]:F1} ns, exponential {bare[1]:F1} ns, ours {bare[2]:F1} ns");
        GC.KeepAlive(sink);
    }

    private static void ColdKeys()
    {
        Console.WriteLine("a new key at the limit, beside a dictionary that loses one key and gains one: what the machine's memory alone takes");
        foreach (int capacity in (int[])[1 << 10, 1 << 13, 1 << 16, 1_000_000])
        {
            var registry = new HeatRegistry<ulong>(Policy, capacity);
            ulong key = 0;
            for (int i = 0; i < capacity; i++) registry.Bump(Spread(key++), TimeSpan.Zero);
            // Entries of the same size, and a queue to know the oldest by.
            var table = new Dictionary<ulong, HeatEntry<ulong>>(capacity);
            ulong newest = 0, oldest = 0;
            while (newest < (ulong)capacity) table.Add(Spread(newest++), default);
            double[] beside = Medians(200_000, _ => registry.Bump(Spread(key++), TimeSpan.Zero), _ =>
            {
                table.Remove(Spread(oldest++));
                table.Add(Spread(newest++), default);
            });
            double ours = beside[0];
            var scan = new ScanHeat(capacity);
            ulong other = 0;
            for (int i = 0; i < capacity; i++) scan.Bump(Spread(other++), i);
            int calls = Math.Max(3, 2_000_000 / capacity);
            double scanned = Medians(calls, i => scan.Bump(Spread(other++), capacity + i), turns: 3)[0];
            Line($"  {capacity,9:N0} keys: ours {ours:F0} ns, dictionary {beside[1]:F0} ns, scan {scanned:N0} ns ({scanned / ours:N0} x)");
        }
    }

    private static void Fetches()
    {
        Console.WriteLine("a fetch's bump: ours in place, beside a list of the hashes and a power each");
        foreach (int count in (int[])[1, 16, 1024])
        {
            ChunkRef[] chunks = [.. Enumerable.Range(0, count).Select(i => new ChunkRef(BlobHash.Compute(BitConverter.GetBytes(i)), 1))];
            IReadHeat heat = new BlobReadHeat(new HeatRegistry<BlobHash>(Policy), new GravityClock(TimeProvider.System));
            var staged = new Dictionary<BlobHash, (double Rate, long At)>();
            void Stage()
            {
                List<BlobHash> list = [.. chunks.Select(chunk => chunk.Hash)];
                long now = Stopwatch.GetTimestamp();
                foreach (BlobHash hash in list)
                {
                    staged.TryGetValue(hash, out (double Rate, long At) one);
                    staged[hash] = ((one.Rate * Math.Pow(2, -(now - one.At) / 1e12)) + 1, now);
                }
            }
            double[] times = Medians(1_000_000 / count, _ => heat.Count(chunks), _ => Stage());
            Line($"  {count,5} chunks: ours {times[0]:N0} ns and {Allocated(() => heat.Count(chunks))} B, listed {times[1]:N0} ns and {Allocated(Stage)} B");
        }
    }

    private static void Candidates()
    {
        Console.WriteLine("candidates of peers that tell 256 heats each, a tick");
        foreach (int count in (int[])[10, 100, 1000])
        {
            BenchPeer[] peers = [.. Enumerable.Range(0, count).Select(id => Peer((ulong)id))];
            var offers = new PullOffers<ulong>();
            offers.Gather(peers);
            long copied = 0;
            void Copy()
            {
                foreach (BenchPeer peer in peers)
                {
                    foreach (HeatAdvert<ulong> _ in peer.Heats.Span) copied += new HashSet<string>(peer.Tags).Count;
                }
            }
            double[] times = Medians(Math.Max(1, 100 / count), _ => offers.Gather(peers));
            long start = Stopwatch.GetTimestamp();
            long bytes = count > 100 ? 0 : Allocated(Copy);
            double copying = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            string beside = count > 100 ? "copying not run" : $"copying {copying:F1} ms, {bytes / 1e6:F1} MB, {count * 256:N0} sets";
            Line($"  {count,5} peers: ours {times[0] / 1e6:F3} ms, {Allocated(() => offers.Gather(peers))} B, 0 sets copied; {beside}");
        }
    }

    private static BenchPeer Peer(ulong id)
    {
        HeatAdvert<ulong>[] heats = [.. Enumerable.Range(0, 256).Select(i => new HeatAdvert<ulong>(Spread((id * 64) + (ulong)i), 1 + (i % 100)))];
        return new BenchPeer(id, [.. heats.Select(heat => $"heat:{heat.Key:x16}=0.{heat.Level:00}")], heats);
    }

    private static ulong Spread(ulong key) => key * 0x9E3779B97F4A7C15;

    private static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double[] Medians(int calls, params Action<int>[] ways) => Medians(calls, ways, Turns);

    private static double[] Medians(int calls, Action<int> way, int turns) => Medians(calls, [way], turns);

    // By turns, so that a noisy machine is equally noisy to all.
    private static double[] Medians(int calls, Action<int>[] ways, int turns)
    {
        double[][] times = [.. ways.Select(_ => new double[turns])];
        for (int turn = -1; turn < turns; turn++)
        {
            for (int way = 0; way < ways.Length; way++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < calls; i++) ways[way](i);
                if (turn >= 0) times[way][turn] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
            }
        }
        return [.. times.Select(one => one.Order().ElementAt(turns / 2))];
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
