using System.Diagnostics;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Benchmarks.Store;

/// <summary>What chunks cost that are paged out: bytes in memory, time to open, probes of known and unknown ones, and how often an unknown one
/// reads a page for nothing.</summary>
internal static class PagedIndexRates
{
    // 256 MiB in chunks of 64 KiB.
    private const int ChunksPerSegment = 4096;
    private const int Asked = 1_000_000;

    public static int Run(string[] args)
    {
        int count = args is [var first, ..] ? int.Parse(first) : 1_000_000;
        using var folder = new HintFolder(count / ChunksPerSegment, ChunksPerSegment);
        Console.WriteLine($"{count:N0} chunks in {folder.Files.Count:N0} segments");
        var catalog = new ChunkCatalog(0, 64 << 20, KeySeed.Secret());
        Time("open from hint files, one thread", count, () => catalog.Load(folder.Files));
        BlobHash[] known = folder.SomeHashes(Asked), unknown = IndexRates.Hashes(Asked, 77);
        Ask(catalog, folder, known, unknown, "as opened");

        var grown = new ChunkCatalog(0, 64 << 20, KeySeed.Secret());
        Time("the same, a segment at a time", count, () =>
        {
            foreach (HintFile file in folder.Files)
            {
                grown.Load([file]);
                grown.Consolidate();
            }
        });
        Ask(grown, folder, known, unknown, "as grown");
        return 0;
    }

    private static void Ask(ChunkCatalog catalog, HintFolder folder, BlobHash[] known, BlobHash[] unknown, string name)
    {
        Console.WriteLine($"{name}: {catalog.FilterCount} filters, {catalog.PagedBytes / (double)catalog.Count:F2} B a chunk, of {catalog.Count:N0}");
        var present = new bool[known.Length];
        long before = folder.Reads;
        Time("has, batch, unknown, first time", unknown.Length, () => catalog.Contains(unknown, present));
        Console.WriteLine($"  pages read for {unknown.Length:N0} unknown chunks: {folder.Reads - before:N0}");
        IndexRates.Report("has, batch, unknown", unknown.Length, () => catalog.Contains(unknown, present));
        IndexRates.Report("has, one by one, unknown", unknown.Length, () => IndexRates.OneByOne(catalog, unknown));
        before = folder.Reads;
        Time("has, batch, known, a page read each", known.Length, () => catalog.Contains(known, present));
        Console.WriteLine($"  pages read: {(folder.Reads - before) / (double)known.Length:F3} a chunk, {catalog.MemoryBytes:N0} B in all, pages kept included");
    }

    private static void Time(string name, int operations, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan worked = Environment.CpuUsage.TotalTime;
        action();
        TimeSpan spent = Stopwatch.GetElapsedTime(start);
        worked = Environment.CpuUsage.TotalTime - worked;
        Console.WriteLine(
            $"{name,-44} {operations / spent.TotalMicroseconds,7:F2} M/s  ({spent.TotalSeconds:F2} s, {worked.TotalSeconds:F2} s of processor time)");
    }
}
