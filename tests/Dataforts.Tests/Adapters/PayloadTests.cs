using CsCheck;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Adapters;

public sealed class PayloadTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly AdapterRegistry _registry = new();
    private BlobStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BlobResolver Resolver => new(_registry);

    public async ValueTask InitializeAsync()
    {
        _store = await BlobStore.OpenAsync(new StoreOptions { Path = _folder["store"], Writable = true }, Token);
        _registry.Register(new MeshAdapter(_store, asideFolder: _folder.Path), AdapterTrust.Trusted);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Four_bytes_tell_a_ref_from_inline_data()
    {
        byte[][] inline = [[], [0xB0], [0xB0, 0xB1, 0xB2], [0xB0, 0xB1, 0xB2, 0xB4, 1], [0, 0xB1, 0xB2, 0xB3], Contents.Fresh(3)];
        foreach (byte[] payload in inline)
        {
            BlobPayload classified = BlobPayload.Classify(payload);
            Assert.True(classified.IsInline);
            Assert.Equal(payload, classified.Inline.ToArray());
        }
        SmallRef blob = Contents.Small([1]);
        Assert.Equal(blob, BlobPayload.Classify(blob.Encode()).Ref);
        Assert.Equal(DecodeError.Truncated, Assert.Throws<DecodeException>(() => BlobPayload.Classify(new byte[] { 0xB0, 0xB1, 0xB2, 0xB3 })).Reason);
        Assert.Throws<UnsupportedVersionException>(() => BlobPayload.Classify(new byte[] { 0xB0, 0xB1, 0xB2, 0xB3, 9 }));
        Assert.Throws<DecodeException>(() => BlobPayload.Classify(new byte[] { 0xB0, 0xB1, 0xB2, 0xB3, 1, 2 }));
    }

    [Fact]
    public void Any_bytes_classify_or_are_refused_as_a_format()
    {
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Bool).Sample((bytes, isRef) =>
        {
            byte[] payload = isRef ? [0xB0, 0xB1, 0xB2, 0xB3, .. bytes] : bytes;
            try
            {
                BlobPayload classified = BlobPayload.Classify(payload);
                return classified.IsInline == !BlobRef.IsRef(payload)
                    && (classified.Ref is null || classified.Ref.Encode().AsSpan().SequenceEqual(payload));
            }
            catch (BlobFormatException)
            {
                return BlobRef.IsRef(payload);
            }
        });
    }

    [Fact]
    public void Classifying_inline_data_allocates_nothing()
    {
        byte[] payload = new byte[1000];
        int inline = 0;
        for (int warm = 0; warm < 2; warm++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++) inline += BlobPayload.Classify(payload.AsMemory(0, i)).IsInline ? 1 : 0;
            if (warm == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(2000, inline);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(4096, null)]
    [InlineData(4097, BlobRefKind.Small)]
    [InlineData(300_000, BlobRefKind.Tree)]
    public async Task What_is_stored_resolves_by_what_the_receipt_carries(int length, BlobRefKind? kind)
    {
        byte[] content = Contents.Fresh(length);
        if (length > 0) content[0] = 1;
        PayloadReceipt fromMemory = await Resolver.StorePayloadAsync(content, null, Token);
        PayloadReceipt fromStream = await Resolver.StorePayloadAsync(new DripStream(content), null, Token);
        Assert.Equal(kind, fromMemory.Ref?.Kind);
        Assert.Equal(fromMemory.Payload.ToArray(), fromStream.Payload.ToArray());
        using OwnedBytes resolved = await Resolver.ResolveAsync(fromMemory.Payload, Token);
        Assert.Equal(content, resolved.ToArray());
        await using Stream stream = await Resolver.OpenReadAsync(fromStream.Payload, Token);
        Assert.Equal(content, await Blobs.Payload.ReadAllAsync(stream));
    }

    [Fact]
    public async Task What_looks_like_a_ref_is_never_inline()
    {
        byte[] content = [0xB0, 0xB1, 0xB2, 0xB3, 1, 2, 3];
        PayloadReceipt receipt = await Resolver.StorePayloadAsync(content, null, Token);
        Assert.NotNull(receipt.Ref);
        PayloadReceipt streamed = await Resolver.StorePayloadAsync(new DripStream(content), null, Token);
        Assert.Equal(receipt.Ref, streamed.Ref);
        using OwnedBytes resolved = await Resolver.ResolveAsync(receipt.Payload, Token);
        Assert.Equal(content, resolved.ToArray());
    }

    [Fact]
    public async Task The_writers_rules_and_the_durability_asked_for_hold()
    {
        byte[] content = Contents.Fresh(10_000);
        var options = new PayloadOptions { Put = new PutOptions { Shape = BlobShape.Manifest, Durability = Durability.Durable } };
        PayloadReceipt receipt = await Resolver.StorePayloadAsync(content, options, Token);
        Assert.IsType<ManifestRef>(receipt.Ref);
        Assert.Equal((Durability.Durable, "mesh"), (receipt.Durability, receipt.AdapterId));
        using OwnedBytes resolved = await Resolver.ResolveAsync(receipt.Payload, Token);
        Assert.Equal(content, resolved.ToArray());
    }

    [Fact]
    public async Task Nothing_is_written_for_a_scheme_that_is_not_allowed()
    {
        byte[] content = Contents.Fresh(10_000);
        var elsewhere = new PayloadOptions { Put = new PutOptions { Uri = "file:x" } };
        await RefusedAsync(ErrorKind.SchemeNotAllowed, () => Resolver.StorePayloadAsync(content, elsewhere, Token));
        var unserved = new BlobResolver(_registry, new ResolverOptions { AllowedSchemes = ["file"] });
        await RefusedAsync(ErrorKind.AdapterNotRegistered, () => unserved.StorePayloadAsync(content, null, Token));
        Assert.Equal(0, _store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task A_failed_announcement_leaves_the_receipt()
    {
        byte[] content = Contents.Fresh(10_000);
        PayloadException error = await Assert.ThrowsAsync<PayloadException>(() => Resolver.PublishPayloadAsync(
            content, (_, _) => throw new DatafortsException(ErrorKind.Transient, "the broker is away"), null, Token).AsTask());
        Assert.True(error.IsTransient);
        using OwnedBytes resolved = await Resolver.ResolveAsync(error.Receipt.Payload, Token);
        Assert.Equal(content, resolved.ToArray());
        PayloadReceipt? announced = null;
        PayloadReceipt receipt = await Resolver.PublishPayloadAsync(content, (r, _) => { announced = r; return default; }, null, Token);
        Assert.Same(receipt, announced);
        Assert.Equal(error.Receipt.Ref, receipt.Ref);
    }

    [Fact]
    public async Task A_payload_of_every_adapter_that_keeps_resolves_there()
    {
        using var files = new FileAdapter(new FileAdapterOptions { Root = _folder["blobs"] });
        _registry.Register(files);
        _registry.Register(new MemoryAdapter(), AdapterTrust.Trusted);
        byte[] content = Contents.Fresh(300_000);
        foreach (string scheme in new[] { "file", "memory", "mesh" })
        {
            var resolver = new BlobResolver(_registry, new ResolverOptions { AllowedSchemes = [scheme] });
            PayloadReceipt receipt = await resolver.StorePayloadAsync(content, null, Token);
            Assert.Equal(scheme, receipt.Ref!.Scheme);
            using OwnedBytes resolved = await resolver.ResolveAsync(receipt.Payload, Token);
            Assert.Equal(content, resolved.ToArray());
        }
    }

    private static async Task RefusedAsync(ErrorKind kind, Func<ValueTask<PayloadReceipt>> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(() => call().AsTask())).Kind);
}
