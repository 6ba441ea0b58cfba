using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Dataforts.Content;

namespace Dataforts.Benchmarks.Content;

/// <summary>A hash to hex, back, and as a name, against formatting and parsing byte by byte.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class HexBenchmarks
{
    private const string Prefix = "dataforts/blob/";

    private readonly BlobHash _hash = BlobHash.Compute("hello world"u8);
    private readonly char[] _chars = new char[BlobHash.HexLength];
    private string _hex = "";

    [GlobalSetup]
    public void Setup() => _hex = _hash.ToHex();

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("to hex")]
    public int FormatByteByByte()
    {
        int at = 0;
        foreach (byte value in _hash.Span)
        {
            value.TryFormat(_chars.AsSpan(at), out int written, "x2", CultureInfo.InvariantCulture);
            at += written;
        }
        return at;
    }

    [Benchmark]
    [BenchmarkCategory("to hex")]
    public char[] WriteHex()
    {
        _hash.WriteHex(_chars);
        return _chars;
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("from hex")]
    public BlobHash ParseByteByByte()
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = byte.Parse(_hex.AsSpan(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new BlobHash(bytes);
    }

    [Benchmark]
    [BenchmarkCategory("from hex")]
    public bool TryParse() => BlobHash.TryParse(_hex, out _);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("channel name")]
    public string AppendByteByByte()
    {
        var name = new StringBuilder(Prefix, Prefix.Length + BlobHash.HexLength);
        foreach (byte value in _hash.Span)
            name.Append(CultureInfo.InvariantCulture, $"{value:x2}");
        return name.ToString();
    }

    [Benchmark]
    [BenchmarkCategory("channel name")]
    public string ToHex() => _hash.ToHex(Prefix);
}
