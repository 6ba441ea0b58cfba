using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Channels;
using Dataforts.Content;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Channels;

public sealed class BlobChannelTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private BlobStore _store = null!;
    private EventChannels _channels = null!;
    private BlobChannel _channel = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await BlobStore.OpenAsync(
            new StoreOptions { Path = _folder["store"], Writable = true, GracePeriod = TimeSpan.Zero, IndexMemoryBytes = null }, Token);
        _channels = new EventChannels(_store.Chunks);
        var registry = new AdapterRegistry();
        registry.Register(new MeshAdapter(_store, asideFolder: _folder.Path), AdapterTrust.Trusted);
        _channel = new BlobChannel(await _channels.OpenAsync(ChannelName.Parse("blobs"), cancellationToken: Token), new BlobResolver(registry));
    }

    public async ValueTask DisposeAsync()
    {
        await _channels.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, BlobShape.Auto, false)]
    [InlineData(100, BlobShape.Auto, false)]
    [InlineData(10_000, BlobShape.Auto, true)]
    [InlineData(10_000, BlobShape.Manifest, true)]
    [InlineData(10_000_000, BlobShape.Tree, true)]
    public async Task A_payload_of_any_length_is_published_and_resolved(int length, BlobShape shape, bool isRef)
    {
        byte[] content = SpecRandom.Bytes(7, length);
        var options = new PublishOptions { Payload = new PayloadOptions { Put = new PutOptions { Shape = shape } } };
        ulong first = await _channel.PublishBlobAsync(content, options, Token);
        ulong second = await _channel.PublishBlobAsync(new MemoryStream(content), options, Token);
        Assert.Equal(first + 1, second);
        foreach (ulong number in (ulong[])[first, second])
        {
            ChannelEvent one = (await _channel.Channel.ReadAsync(number, Token))!.Value;
            Assert.Equal(isRef, one.IsRef);
            using OwnedBytes bytes = await _channel.ResolveAsync(one, Token);
            Assert.Equal(content, bytes.ToArray());
            await using Stream stream = await _channel.OpenReadAsync(one, Token);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Token);
            Assert.Equal(content, copy.ToArray());
        }
    }

    [Fact]
    public async Task What_was_appended_as_bytes_stays_bytes_though_it_looks_like_a_ref()
    {
        byte[] looks = new SmallRef($"mesh://{BlobHash.Compute("x"u8)}", BlobHash.Compute("x"u8), 1).Encode();
        ulong raw = await _channel.Channel.AppendAsync(looks, cancellationToken: Token);
        ulong published = await _channel.PublishBlobAsync(looks, cancellationToken: Token);
        ulong broken = await _channel.Channel.AppendAsync(looks[..6], cancellationToken: Token);
        Assert.Equal((false, true, false), (await IsRef(raw), await IsRef(published), await IsRef(broken)));
        Assert.Equal(looks, await Content(raw));
        Assert.Equal(looks, await Content(published));
        Assert.Equal(looks[..6], await Content(broken));

        async Task<bool> IsRef(ulong number) => (await _channel.Channel.ReadAsync(number, Token))!.Value.IsRef;
        async Task<byte[]> Content(ulong number)
        {
            using OwnedBytes bytes = await _channel.ResolveAsync((await _channel.Channel.ReadAsync(number, Token))!.Value, Token);
            return bytes.ToArray();
        }
    }

    [Fact]
    public async Task A_failure_behind_the_store_carries_the_receipt_and_a_retry_stores_nothing()
    {
        byte[] content = SpecRandom.Bytes(8, 50_000);
        PayloadException error = await Assert.ThrowsAsync<PayloadException>(async () =>
            await _channel.PublishBlobAsync(content, new PublishOptions { ExpectedNext = 9, Durability = Durability.Durable }, Token));
        Assert.Equal((ErrorKind.SequenceMismatch, Durability.Durable), (error.Kind, error.Receipt.Durability));
        Assert.Equal(0UL, (await _channel.Channel.GetInfoAsync(Token)).Next);
        StoreInfo before = _store.Chunks.Info;
        ulong number = await _channel.PublishAsync(error.Receipt, cancellationToken: Token);
        Assert.Equal(before.Chunks, _store.Chunks.Info.Chunks);
        using OwnedBytes bytes = await _channel.ResolveAsync((await _channel.Channel.ReadAsync(number, Token))!.Value, Token);
        Assert.Equal(content, bytes.ToArray());
    }

    [Fact]
    public async Task A_published_blob_lives_until_retention_drops_the_event()
    {
        byte[] content = SpecRandom.Bytes(9, 100_000);
        ulong number = await _channel.PublishBlobAsync(content, cancellationToken: Token);
        BlobRef blob = (await _channel.Channel.ReadAsync(number, Token))!.Value.DecodeRef()!;
        await CollectAsync();
        Assert.Equal(content, await _store.ReadBytesAsync(blob, cancellationToken: Token));
        await _channel.Channel.AppendAsync(new byte[1], cancellationToken: Token);
        await _channel.Channel.SetRetentionAsync(new EventRetention { MaxCount = 1 }, Token);
        await CollectAsync();
        Assert.False(_store.HasAnythingOf(blob));
    }

    [Fact]
    public void A_blob_cannot_be_volatile_and_a_receipt_must_carry_its_ref()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PutOptions { Durability = Durability.Volatile });
        var lie = new PayloadReceipt(new byte[3], new PutResult(new SmallRef("mesh://x", BlobHash.Compute([]), 0), 1, 0, 0, null), "mesh", Durability.Buffered);
        Assert.ThrowsAny<BlobFormatException>(() => EventData.Of(lie));
    }

    private async Task CollectAsync()
    {
        await using var collector = new Collector(_store);
        await collector.CollectAsync(new CollectionOptions { SkipsGrace = true }, cancellationToken: Token);
    }
}
