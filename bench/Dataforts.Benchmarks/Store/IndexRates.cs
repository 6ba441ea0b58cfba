using System.Diagnostics;
using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Benchmarks.Store;

/// <summary>How fast one thread asks the index of chunks in memory, and what a chunk costs in it.</summary>
internal static class IndexRates
{
    private const int Turns = 7;

    public static int Run(string[] args)
    {
        int count = args is [var first, ..] ? int.Parse(first) : 1_000_000;
        BlobHash[] known = Hashes(count, 1), unknown = Hashes(count, 2);
        var index = new ChunkIndex();
        Report("insert, no room made", count, () => index = Filled(new ChunkIndex(), known));
        Console.WriteLine($"  {index.TableBytes / (double)count:F1} B a chunk");
        Report("insert, room made at once", count, () => index = Filled(Roomy(count), known));
        Console.WriteLine($"  {index.TableBytes / (double)count:F1} B a chunk");
        Ask(index, known, unknown);
        // The fullest its tables get, which is where probes are longest.
        long bytes = index.TableBytes;
        BlobHash[] more = Hashes(count / 4, 3);
        int added = 0;
        while (index.TableBytes == bytes && added < more.Length) index.Set(more[added++], new RecordLocation(2, 0, 1));
        Console.WriteLine($"{count + added:N0} chunks, {index.TableBytes / (double)(count + added):F1} B each, a first table about to grow or just grown");
        Ask(index, known, unknown);
        Report("remove and put back", count, () =>
        {
            foreach (ref readonly BlobHash hash in known.AsSpan())
            {
                RecordLocation location = index.Remove(hash)!.Value;
                index.Set(hash, location);
            }
        });
        return 0;
    }

    /// <summary>Uniform words (SplitMix64), which is what hashes are, without the time to hash.</summary>
    public static BlobHash[] Hashes(int count, ulong seed)
    {
        var hashes = new BlobHash[count];
        for (int i = 0; i < count; i++) hashes[i] = Hash(seed, i);
        return hashes;
    }

    /// <summary>The hash that <see cref="Hashes"/> gives at an index.</summary>
    public static BlobHash Hash(ulong seed, int index)
    {
        Span<ulong> words = stackalloc ulong[4];
        ulong state = (seed * 0xD1342543DE82EF95) + ((ulong)index * 4 * 0x9E3779B97F4A7C15);
        foreach (ref ulong word in words)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            word = z ^ (z >> 31);
        }
        return new BlobHash(MemoryMarshal.AsBytes(words));
    }

    /// <summary>Prints the median and the best rate of a few turns, and the bytes allocated in the last.</summary>
    public static void Report(string name, int operations, Action action)
    {
        var rates = new double[Turns];
        long allocated = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            action();
            rates[turn] = operations / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Array.Sort(rates);
        Console.WriteLine($"{name,-44} {rates[Turns / 2],7:F2} M/s  (best {rates[^1]:F2}), {allocated:N0} B allocated");
    }

    public static int OneByOne(ChunkCatalog catalog, BlobHash[] hashes)
    {
        int found = 0;
        foreach (ref readonly BlobHash hash in hashes.AsSpan()) found += catalog.Contains(hash) ? 1 : 0;
        return found;
    }

    private static ChunkIndex Roomy(int count)
    {
        var index = new ChunkIndex();
        index.EnsureCapacity(count);
        return index;
    }

    private static ChunkIndex Filled(ChunkIndex index, BlobHash[] hashes)
    {
        for (int i = 0; i < hashes.Length; i++) index.Set(hashes[i], new RecordLocation(1, (uint)i, 1));
        return index;
    }

    private static void Ask(ChunkIndex index, BlobHash[] known, BlobHash[] unknown)
    {
        var present = new bool[known.Length];
        var locations = new RecordLocation[known.Length];
        Report("has, batch, known", known.Length, () => index.Contains(known, present));
        Report("has, batch, unknown", known.Length, () => index.Contains(unknown, present));
        Report("get, batch, known", known.Length, () => index.TryGet(known, locations));
        Report("has, one by one, known", known.Length, () => OneByOne(index, known));
        Report("has, one by one, unknown", known.Length, () => OneByOne(index, unknown));
    }

    private static int OneByOne(ChunkIndex index, BlobHash[] hashes)
    {
        int found = 0;
        foreach (ref readonly BlobHash hash in hashes.AsSpan()) found += index.Contains(hash) ? 1 : 0;
        return found;
    }
}
