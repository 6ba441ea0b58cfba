using System.Buffers;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Benchmarks.Blobs;

/// <summary>What an event's payload costs its reader: telling inline from a ref, and a Small of 64 KiB out of each adapter, beside hashing it once.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class PayloadBenchmarks : IAsyncDisposable
{
    private readonly byte[] _inline = new byte[200];
    private readonly byte[] _content = new byte[64 * 1024];
    private byte[] _ref = [];
    private byte[] _fileRef = [];
    private string _folder = "";
    private BlobStore _store = null!;
    private FileAdapter _files = null!;
    private BlobResolver _memory = null!;
    private BlobResolver _foreign = null!;
    private BlobResolver _mesh = null!;
    private BlobResolver _file = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        new Random(1).NextBytes(_content);
        SmallRef blob = SmallRef.Create(BlobHash.Compute(_content), (ulong)_content.Length);
        _ref = blob.Encode();
        _folder = Directory.CreateTempSubdirectory("dataforts-bench-").FullName;
        _store = await BlobStore.OpenAsync(new StoreOptions { Path = Path.Combine(_folder, "store"), Writable = true });
        _files = new FileAdapter(new FileAdapterOptions { Root = Path.Combine(_folder, "blobs") });
        _memory = await OverAsync(new MemoryAdapter("m", "mesh"), blob, AdapterTrust.Trusted);
        _foreign = await OverAsync(new MemoryAdapter("m", "mesh"), blob, AdapterTrust.Foreign);
        _mesh = await OverAsync(new MeshAdapter(_store), blob, AdapterTrust.Trusted);
        var file = new SmallRef("file:x", blob.Hash, blob.SizeBytes);
        _fileRef = file.Encode();
        _file = await OverAsync(_files, file, AdapterTrust.Foreign);
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _files.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    [BenchmarkCategory("classify")]
    public bool ClassifyInline() => BlobPayload.Classify(_inline).IsInline;

    [Benchmark]
    [BenchmarkCategory("classify")]
    public bool ClassifyRef() => BlobPayload.Classify(_ref).IsInline;

    [Benchmark]
    [BenchmarkCategory("resolve inline")]
    public ValueTask<long> ResolveInline() => LengthAsync(_memory, _inline);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("resolve 64 KiB")]
    public BlobHash HashItOnce() => BlobHash.Compute(_content);

    [Benchmark]
    [BenchmarkCategory("resolve 64 KiB")]
    public ValueTask<long> ResolveFromMemory() => LengthAsync(_memory, _ref);

    [Benchmark]
    [BenchmarkCategory("resolve 64 KiB")]
    public ValueTask<long> ResolveFromForeignMemory() => LengthAsync(_foreign, _ref);

    [Benchmark]
    [BenchmarkCategory("resolve 64 KiB")]
    public ValueTask<long> ResolveFromStore() => LengthAsync(_mesh, _ref);

    [Benchmark]
    [BenchmarkCategory("resolve 64 KiB")]
    public ValueTask<long> ResolveFromFiles() => LengthAsync(_file, _fileRef);

    private static async ValueTask<long> LengthAsync(BlobResolver resolver, byte[] payload)
    {
        using OwnedBytes bytes = await resolver.ResolveAsync(payload);
        return bytes.Length;
    }

    private async Task<BlobResolver> OverAsync(IBlobAdapter adapter, BlobRef blob, AdapterTrust trust)
    {
        await adapter.StoreAsync(blob, new ReadOnlySequence<byte>(_content), ClaimOptions.Default, default);
        var registry = new AdapterRegistry();
        registry.Register(adapter, trust);
        return new BlobResolver(registry, new ResolverOptions { AllowedSchemes = [blob.Scheme] });
    }
}
