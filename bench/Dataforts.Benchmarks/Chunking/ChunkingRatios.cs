using System.Diagnostics;
using Dataforts.Chunking;
using Dataforts.Hashing;

namespace Dataforts.Benchmarks.Chunking;

/// <summary>FastCDC against BLAKE3 in one run, one thread: 256 MiB of random bytes in memory, taken in turns, medians.</summary>
public static class ChunkingRatios
{
    private const int InputBytes = 256 << 20;
    private const int Rounds = 11;

    /// <summary>Prints one line per profile, and per path where the machine has more than one.</summary>
    public static void Run()
    {
        byte[] input = new byte[InputBytes];
        new Random(1).NextBytes(input);
        byte[] hash = new byte[Blake3.HashSizeBytes];
        List<(string Name, Action Work)> contestants = [("BLAKE3", () => Blake3.Hash(input, hash))];
        foreach (ChunkingProfile profile in new[] { ChunkingProfile.Production, ChunkingProfile.Default })
        {
            contestants.Add(($"{profile}", () => Chunk(Cdc(profile, lanes: FastCdcChunker.LanesAreSupported), input)));
            if (FastCdcChunker.LanesAreSupported) contestants.Add(($"{profile} scalar", () => Chunk(Cdc(profile, lanes: false), input)));
        }

        double[][] seconds = [.. contestants.Select(_ => new double[Rounds])];
        for (int round = -1; round < Rounds; round++)
        {
            for (int i = 0; i < contestants.Count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                contestants[i].Work();
                if (round >= 0) seconds[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        double blake3 = Rate(seconds[0]);
        for (int i = 0; i < contestants.Count; i++)
            Console.WriteLine($"cdc {contestants[i].Name,-36} {Rate(seconds[i]),6:f2} GB/s  {Rate(seconds[i]) / blake3,5:f2} x BLAKE3");
    }

    private static double Rate(double[] seconds) => InputBytes / seconds.Order().ElementAt(seconds.Length / 2) / 1e9;

    private static FastCdcChunker Cdc(ChunkingProfile profile, bool lanes) =>
        new(profile.MinChunkBytes, profile.AverageChunkBytes, profile.MaxChunkBytes) { UsesLanes = lanes };

    private static void Chunk(Chunker chunker, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty) rest = rest[chunker.FindCut(rest, isFinal: true)..];
    }
}
