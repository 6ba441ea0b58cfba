using System.Diagnostics;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;

namespace Dataforts.Benchmarks.Greedy;

internal static partial class GreedyRatios
{
    // What an event does to know the node's capabilities: under a lock with a deep copy, by one reference with the intents asked again, and with the
    // verdict at hand.
    private static void Legacy()
    {
        Console.WriteLine();
        Console.WriteLine("capabilities of the node for one event, ns (B allocated)      lock + copy          reference swap       swap + verdict");
        var cases =
            from tags in (int[])[10, 30, 100]
            from threads in (int[])[1, 4, 16]
            from writer in (bool[])[false, true]
            select (tags, threads, writer);
        foreach ((int tags, int threads, bool writer) in cases)
        {
            string[] texts = [.. Enumerable.Range(0, tags).Select(i => $"software.part{i}.version=1.{i}")];
            var shared = new SharedTags(texts);
            (double copy, double copied) = Measure(threads, writer, shared.CountUnderLock, shared.Replace, 20_000 / threads);
            (double swap, double swapped) = Measure(threads, writer, shared.AskByReference, shared.Replace, 200_000 / threads);
            (double verdict, double judged) = Measure(threads, writer, shared.AskVerdict, shared.Replace, 2_000_000 / threads);
            Console.WriteLine($"  {tags,3} tags {threads,2} threads {(writer ? "1 kHz writer" : "no writer"),-14} "
                + $"{copy,22:F0} ({copied:F0}) {swap,14:F1} ({swapped:F0}) {verdict,14:F1} ({judged:F0})");
        }
    }

    private static (double Nanoseconds, double Bytes) Measure(int threads, bool writer, Func<bool> ask, Action replace, int events)
    {
        bool stop = false;
        long bytes = 0;
        for (int i = 0; i < 200; i++) ask();
        Thread? writing = null;
        if (writer)
        {
            writing = new Thread(() =>
            {
                using var pause = new ManualResetEventSlim();
                while (!Volatile.Read(ref stop))
                {
                    replace();
                    pause.Wait(1);
                }
            });
            writing.Start();
        }
        Thread[] asking = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < events; i++) ask();
            Interlocked.Add(ref bytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }))];
        long start = Stopwatch.GetTimestamp();
        foreach (Thread thread in asking) thread.Start();
        foreach (Thread thread in asking) thread.Join();
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        Volatile.Write(ref stop, true);
        writing?.Join();
        long count = (long)events * threads;
        return (nanoseconds / count, bytes / (double)count);
    }

    // What a bus does without greedy caching: hand the event to its application's queue, here a copy into a ring.
    private static void Ingest()
    {
        Console.WriteLine();
        Console.WriteLine("ingest, one thread                                             ns/event   M events/s   B allocated/event");
        foreach (int size in (int[])[64, 1024, 8192])
        {
            using var source = new EventSource(size);
            byte[] ring = new byte[8 << 20], payload = new byte[size];
            int at = 0;
            int events = size > 4096 ? Batch / 10 : Batch;
            Row($"{size} B: plain (a copy into the application's ring)", Plain, events);
            Row($"{size} B: and refused by greedy", () => Both(Unwanted, 0), events);
            Row($"{size} B: and cached by greedy", () => Both(Wanted, 1), events);

            void Plain()
            {
                for (int i = 0; i < events; i++) Copy();
            }

            void Both(Publisher publisher, int channel)
            {
                for (int i = 0; i < events; i++)
                {
                    source.Send(channel, 1, publisher, null);
                    Copy();
                }
            }

            void Copy()
            {
                payload.CopyTo(ring, at);
                at = at + (2 * size) > ring.Length ? 0 : at + size;
            }
        }
    }

    private static void OriginLookups()
    {
        Console.WriteLine();
        Console.WriteLine("is an origin held, ns                                             index       linear scan");
        foreach (int count in (int[])[10, 1000, 100_000])
        {
            var index = new OriginIndex();
            ulong[] entries = [.. Enumerable.Range(1, count).Select(i => (ulong)i * 0x9E3779B97F4A7C15)];
            foreach (ulong origin in entries) index.Add(origin);
            double indexed = Time(i => index.Contains(entries[(i * 7919) % count]), 100_000);
            double linear = Time(i => Array.Exists(entries, entry => entry == entries[(i * 7919) % count]), Math.Max(10, 10_000_000 / count / 10));
            Console.WriteLine($"  {count,7} origins {indexed,54:F1} {linear,16:F1}");
        }
    }

    private static double Time(Func<int, bool> ask, int calls)
    {
        double best = double.MaxValue;
        for (int turn = 0; turn < 9; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) ask(i);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
        }
        return best;
    }
}
