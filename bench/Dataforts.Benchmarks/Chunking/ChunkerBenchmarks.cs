using BenchmarkDotNet.Attributes;
using Dataforts.Chunking;

namespace Dataforts.Benchmarks.Chunking;

/// <summary>Cutting 64 MiB of random bytes in memory, each profile whole and fed in 64 KiB steps.</summary>
[MemoryDiagnoser]
public class ChunkerBenchmarks
{
    private readonly byte[] _input = new byte[64 << 20];
    private Chunker _chunker = null!;

    [Params("cdc:1048576,4194304,16777216", "cdc:16384,65536,262144", "cdc:1024,4096,16384", "stride:16384,65536,262144")]
    public string Profile { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        new Random(1).NextBytes(_input);
        _chunker = ChunkingProfile.Parse(Profile).CreateChunker();
    }

    [Benchmark]
    public int Whole()
    {
        int chunks = 0;
        for (ReadOnlySpan<byte> rest = _input; !rest.IsEmpty; chunks++) rest = rest[_chunker.FindCut(rest, isFinal: true)..];
        return chunks;
    }

    [Benchmark]
    public int FedIn64KiBSteps()
    {
        int chunks = 0;
        int start = 0;
        for (int fed = 65_536; start < _input.Length; fed = Math.Min(fed + 65_536, _input.Length))
        {
            while (start < _input.Length && _chunker.FindCut(_input.AsSpan(start, fed - start), fed == _input.Length) is var cut and > 0)
            {
                start += cut;
                chunks++;
            }
        }
        return chunks;
    }
}
