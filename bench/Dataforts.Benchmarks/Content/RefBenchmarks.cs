using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Dataforts.Content;

namespace Dataforts.Benchmarks.Content;

/// <summary>What is asked of a ref without encoding it, against encoding it; and decoding the usual ones.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class RefBenchmarks
{
    private readonly SmallRef _small = SmallRef.Create(BlobHash.Compute("hello world"u8), 11);
    private ManifestRef _manifest = null!;
    private byte[] _manifestBytes = [];
    private byte[] _smallBytes = [];
    private byte[] _foreignBytes = [];

    [GlobalSetup]
    public void Setup()
    {
        BlobHash hash = BlobHash.Compute("chunk"u8);
        _manifest = ManifestRef.Create(
            hash,
            BlobEncoding.Replicated,
            [.. Enumerable.Repeat(new ChunkRef(hash, FormatLimits.ManifestChunkSizeBytes), 1000)]);
        _manifestBytes = _manifest.Encode();
        _smallBytes = _small.Encode();
        _foreignBytes = new SmallRef("s3://bucket/a/path/of/some/length", hash, 5).Encode();
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("length of 1000 chunks")]
    public int EncodeForItsLength() => _manifest.Encode().Length;

    [Benchmark]
    [BenchmarkCategory("length of 1000 chunks")]
    public int EncodedLength() => _manifest.EncodedLength;

    [Benchmark]
    [BenchmarkCategory("is it a ref")]
    public bool IsRef() => BlobRef.IsRef(_manifestBytes);

    [Benchmark]
    [BenchmarkCategory("decode")]
    public BlobRef DecodeSmall() => BlobRef.Decode(_smallBytes);

    [Benchmark]
    [BenchmarkCategory("decode")]
    public BlobRef DecodeSmallWithAUriOfItsOwn() => BlobRef.Decode(_foreignBytes);

    [Benchmark]
    [BenchmarkCategory("decode")]
    public BlobRef DecodeManifestOf1000Chunks() => BlobRef.Decode(_manifestBytes);

    [Benchmark]
    [BenchmarkCategory("text")]
    public string FormatText() => _small.ToText();
}
