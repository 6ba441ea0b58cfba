using System.Diagnostics;
using Dataforts.Chunking;
using Dataforts.Hashing;

namespace Dataforts.Benchmarks.Chunking;

/// <summary>The chunkers against BLAKE3 in one run, one thread: 256 MiB of random bytes in memory, a slice at a time, all contestants in turn
/// on each slice, so that a busy machine slows all of them; medians over the slices.</summary>
public static class ChunkingRatios
{
    private const int InputBytes = 256 << 20;
    private const int Rounds = 5;

    /// <summary>Prints one line per profile, and per path where the machine has more than one.</summary>
    /// <param name="sliceBytes">32 MiB comes from memory; what fits the processor's cache is read once before it is measured.</param>
    public static void Run(int sliceBytes)
    {
        byte[] input = new byte[InputBytes];
        new Random(1).NextBytes(input);
        List<(string Name, Action<ReadOnlySpan<byte>> Work)> contestants = [("BLAKE3", slice => Blake3.Hash(slice, new byte[Blake3.HashSizeBytes]))];
        // What is cut from a hot slice must be small beside it.
        foreach (ChunkingProfile profile in new[] { ChunkingProfile.Production, ChunkingProfile.Default }.Where(p => 2 * p.MaxChunkBytes <= sliceBytes))
        {
            contestants.Add(($"{profile}", slice => Chunk(Cdc(profile, lanes: FastCdcChunker.LanesAreSupported), slice)));
            if (FastCdcChunker.LanesAreSupported) contestants.Add(($"{profile} scalar", slice => Chunk(Cdc(profile, lanes: false), slice)));
            foreach (int bits in new[] { 512, 256, 128, 0 }.Where(bits => bits <= StrideChunker.WidestVectorBits))
                contestants.Add(($"{profile} strided {bits}", slice => Chunk(Strided(profile, bits), slice)));
        }
        contestants.Add(("range maximum 64 KiB", slice => Chunk(new RangeMaximumChunker(64 << 10, 256 << 10), slice)));
        contestants.Add(("read every byte", slice => slice.IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])));

        List<double[]> rounds = [];
        for (int round = -1; round < Rounds; round++)
        {
            for (int start = 0; start < InputBytes / Math.Max(1, (16 << 20) / sliceBytes); start += sliceBytes)
            {
                double[] rates = [.. contestants.Select(contestant => Rate(contestant.Work, input.AsSpan(start, sliceBytes)))];
                if (round >= 0) rounds.Add(rates);
            }
        }

        for (int i = 0; i < contestants.Count; i++)
        {
            double rate = Median(rounds.Select(rates => rates[i]));
            double ratio = Median(rounds.Select(rates => rates[i] / rates[0]));
            Console.WriteLine($"cdc {contestants[i].Name,-44} {rate,6:f2} GB/s  {ratio,6:f2} x BLAKE3");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }

    private static double Rate(Action<ReadOnlySpan<byte>> work, ReadOnlySpan<byte> slice)
    {
        if (slice.Length < 16 << 20) work(slice);
        long start = Stopwatch.GetTimestamp();
        work(slice);
        return slice.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private static FastCdcChunker Cdc(ChunkingProfile profile, bool lanes) =>
        new(profile.MinChunkBytes, profile.AverageChunkBytes, profile.MaxChunkBytes) { UsesLanes = lanes };

    private static StrideChunker Strided(ChunkingProfile profile, int bits) =>
        new(profile.MinChunkBytes, profile.AverageChunkBytes, profile.MaxChunkBytes) { VectorBits = bits };

    private static void Chunk(Chunker chunker, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty) rest = rest[chunker.FindCut(rest, isFinal: true)..];
    }
}
