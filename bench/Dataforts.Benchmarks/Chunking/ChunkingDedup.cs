using Dataforts.Chunking;
using Dataforts.Content;

namespace Dataforts.Benchmarks.Chunking;

/// <summary>What an edited copy adds, cut by FastCDC, by strides and by the range maximum, at the same sizes and on different kinds of data.</summary>
public static class ChunkingDedup
{
    private const int InputBytes = 64 << 20;

    /// <summary>Prints, for each kind of data, the mean chunk and the growth per edit, and the growth beside FastCDC's.</summary>
    /// <param name="averageBytes">The average; minimum and maximum are a quarter and four times of it.</param>
    /// <param name="seeds">How many inputs of each kind.</param>
    public static void Run(int averageBytes, int seeds)
    {
        (int min, int max) = (averageBytes / 4, averageBytes * 4);
        (string Name, Func<Chunker> Make)[] contestants =
        [
            ("FastCDC", () => new FastCdcChunker(min, averageBytes, max)),
            ("stride", () => new StrideChunker(min, averageBytes, max)),
            ("range maximum", () => new RangeMaximumChunker(averageBytes, max)),
        ];
        int distance = Math.Max(256 << 10, 6 * averageBytes);
        Console.WriteLine($"average {averageBytes}, an edit about every {distance} bytes, {seeds} inputs of {InputBytes >> 20} MiB each");
        Console.WriteLine($"{"data",-20}{"by",-16}{"mean chunk",12}{"growth",10}{"x FastCDC",11}");
        foreach ((string kind, Func<int, int, byte[]> make) in SampleData.Kinds)
        {
            var totals = new Total[contestants.Length];
            for (int seed = 1; seed <= seeds; seed++)
            {
                byte[] original = make(seed, InputBytes);
                byte[] edited = SampleData.Edited(original, seed + 1000, distance);
                for (int i = 0; i < contestants.Length; i++) totals[i] += Measure(contestants[i].Make(), original, edited);
            }
            for (int i = 0; i < contestants.Length; i++)
            {
                Total total = totals[i];
                double growth = (double)total.Grown / total.Bytes;
                double first = (double)totals[0].Grown / totals[0].Bytes;
                Console.WriteLine($"{kind,-20}{contestants[i].Name,-16}{(double)total.Bytes / total.Chunks,12:f0}{growth,10:p2}{growth / first,11:f3}");
            }
        }
    }

    private static Total Measure(Chunker chunker, byte[] original, byte[] edited)
    {
        HashSet<BlobHash> known = [];
        int chunks = 0;
        Cut(chunker, original, (hash, _) =>
        {
            chunks++;
            known.Add(hash);
        });
        long grown = 0;
        Cut(chunker, edited, (hash, length) => grown += known.Add(hash) ? length : 0);
        return new Total(original.Length, chunks, grown);
    }

    private static void Cut(Chunker chunker, ReadOnlySpan<byte> rest, Action<BlobHash, int> found)
    {
        while (!rest.IsEmpty)
        {
            int length = chunker.FindCut(rest, isFinal: true);
            found(BlobHash.Compute(rest[..length]), length);
            rest = rest[length..];
        }
    }

    private readonly record struct Total(long Bytes, long Chunks, long Grown)
    {
        public static Total operator +(Total a, Total b) => new(a.Bytes + b.Bytes, a.Chunks + b.Chunks, a.Grown + b.Grown);
    }
}
