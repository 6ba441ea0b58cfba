using BenchmarkDotNet.Attributes;
using Dataforts.Content;

namespace Dataforts.Benchmarks.Content;

/// <summary>A full leaf decoded, and a tree of 12,800 chunks built.</summary>
[MemoryDiagnoser]
public class TreeBenchmarks
{
    private const int Chunks = 12_800;

    private readonly BlobHash _hash = BlobHash.Compute("chunk"u8);
    private byte[] _leaf = [];

    [GlobalSetup]
    public void Setup() =>
        _leaf = new LeafNode([.. Enumerable.Repeat(new TreeChunk(_hash, 4 << 20, ChunkRole.Data), FormatLimits.TreeFanout)]).Encode();

    [Benchmark]
    public TreeNode DecodeFullLeaf() => TreeNode.Decode(_leaf);

    [Benchmark(OperationsPerInvoke = Chunks)]
    public TreeRoot BuildPerChunk()
    {
        var builder = new TreeBuilder();
        for (int i = 0; i < Chunks; i++)
        {
            builder.Add(_hash, 4 << 20);
            while (builder.TryTakeNode(out _))
            {
            }
        }
        return builder.Finish();
    }
}
