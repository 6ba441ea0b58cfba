using BenchmarkDotNet.Attributes;
using Dataforts.Hashing;

namespace Dataforts.Benchmarks.Hashing;

/// <summary>Hot input of the usual sizes. For the comparison with the C code see <see cref="Blake3Ratios"/>.</summary>
[MemoryDiagnoser]
public class Blake3Benchmarks
{
    private readonly byte[] _hash = new byte[Blake3.HashSizeBytes];
    private readonly Blake3Hasher _hasher = new();
    private byte[] _input = [];

    [Params(64, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20)]
    public int SizeBytes { get; set; }

    [GlobalSetup]
    public void Setup() => new Random(1).NextBytes(_input = new byte[SizeBytes]);

    [Benchmark]
    public void OneShot() => Blake3.Hash(_input, _hash);

    [Benchmark]
    public void Incremental()
    {
        _hasher.Reset();
        _hasher.Update(_input);
        _hasher.Finalize(_hash);
    }

    [Benchmark]
    public void IncrementalBy4KiB()
    {
        _hasher.Reset();
        for (int at = 0; at < _input.Length; at += 4096) _hasher.Update(_input.AsSpan(at, Math.Min(4096, _input.Length - at)));
        _hasher.Finalize(_hash);
    }
}
