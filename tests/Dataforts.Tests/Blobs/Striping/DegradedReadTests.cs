using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs.Striping;

[Collection(nameof(Alone))]
public sealed class DegradedReadTests
{
    private static readonly PutOptions ThreeAndTwo = new() { Profile = ChunkingProfile.Fixed(1000), Encoding = BlobEncoding.ReedSolomon(3, 2) };

    [Fact]
    public async Task Any_range_over_missing_and_present_chunks_is_right()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        byte[] content = Payload.Random(1, 7_321);
        BlobRef blob = (await store.PutAsync(content, ThreeAndTwo)).Ref;
        foreach (Stripe stripe in await RepairTests.StripesAsync(store, blob)) store.Chunks.Remove([stripe.Chunks[0].Hash, stripe.Chunks[1].Hash]);
        var random = TestSeed.For(nameof(DegradedReadTests));
        for (int i = 0; i < 300; i++)
        {
            int start = random.Next(content.Length), length = random.Next(1, content.Length - start + 1);
            byte[] read = await store.ReadBytesAsync(blob, new BlobRange((ulong)start, (ulong)length));
            Assert.True(content.AsSpan(start, length).SequenceEqual(read), $"{start}+{length}");
        }
    }

    [Fact]
    public async Task Only_the_stripes_that_the_range_needs_are_fetched()
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(1, 12_000);
        BlobRef blob = (await new BlobWriter(chunks).PutAsync(content, ThreeAndTwo)).Ref;
        List<Stripe> stripes = [.. chunks.Hashes.Select(hash => Decoded(chunks[hash])).OfType<ErasureLeafNode>().SelectMany(leaf => leaf.Stripes)];
        Stripe second = stripes.Single(stripe => stripe.Chunks[0].Hash == BlobHash.Compute(content.AsSpan(3000, 1000)));
        chunks.Remove(second.Chunks[1].Hash);
        chunks.ResetCounts();

        // Healthy chunks of a damaged stripe need nothing else.
        Assert.Equal(content[3000..4000], await new BlobReader(chunks).ReadBytesAsync(blob, new BlobRange(3000, 1000)));
        Assert.Equal([second.Chunks[0].Hash], Data(chunks, stripes));

        chunks.ResetCounts();
        Assert.Equal(content[4500..4600], await new BlobReader(chunks).ReadBytesAsync(blob, new BlobRange(4500, 100)));
        Assert.Equal(
            new[] { second.Chunks[0].Hash, second.Chunks[1].Hash, second.Chunks[2].Hash, second.Chunks[3].Hash }.Order(), Data(chunks, stripes).Order());
    }

    [Fact]
    public async Task More_losses_than_parity_are_an_error_that_says_so()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef blob = (await store.PutAsync(Payload.Random(1, 3_000), ThreeAndTwo)).Ref;
        Stripe stripe = (await RepairTests.StripesAsync(store, blob))[0];
        store.Chunks.Remove([stripe.Chunks[0].Hash, stripe.Chunks[2].Hash, stripe.Chunks[3].Hash]);
        var error = await Assert.ThrowsAsync<IntegrityException>(() => store.ReadBytesAsync(blob));
        Assert.Equal(ErrorKind.ChunkMissing, error.Kind);
        Assert.Equal(stripe.Chunks[0].Hash, error.Hash);
        Assert.Contains("unrecoverable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rebuilt_chunk_that_does_not_hash_to_its_address_is_not_handed_out()
    {
        var chunks = new MemoryChunks();
        byte[] a = Payload.Random(1, 1000), b = Payload.Random(2, 1000), lie = Payload.Random(3, 1000);
        var stripe = new Stripe(BlobEncoding.ReedSolomon(2, 1),
        [
            new(BlobHash.Compute(a), 1000, ChunkRole.Data), new(chunks.Add(b), 1000, ChunkRole.Data), new(chunks.Add(lie), 1000, ChunkRole.Parity(0)),
        ]);
        var blob = TreeRef.Create(BlobEncoding.ReedSolomon(2, 1), chunks.Add(new ErasureLeafNode([stripe])), 2000, 1);
        var error = await Assert.ThrowsAsync<IntegrityException>(() => new BlobReader(chunks).ReadBytesAsync(blob));
        Assert.Equal(BlobHash.Compute(a), error.Hash);
        Assert.Contains("unrecoverable", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2000, 10)]
    [InlineData(10, 2000)]
    [InlineData(1, 1)]
    public async Task Stripes_whose_sizes_cannot_be_are_refused_not_believed(int dataBytes, int parityBytes)
    {
        var chunks = new MemoryChunks();
        var stripe = new Stripe(BlobEncoding.ReedSolomon(2, 1),
        [
            new(BlobHash.Compute([1]), (uint)dataBytes, ChunkRole.Data), new(chunks.Add(new byte[dataBytes]), (uint)dataBytes, ChunkRole.Data),
            new(chunks.Add(Payload.Random(1, parityBytes)), (uint)parityBytes, ChunkRole.Parity(0)),
        ]);
        var blob = TreeRef.Create(BlobEncoding.ReedSolomon(2, 1), chunks.Add(new ErasureLeafNode([stripe])), 2 * (ulong)dataBytes, 1);
        await Assert.ThrowsAsync<IntegrityException>(() => new BlobReader(chunks).ReadBytesAsync(blob));
    }

    [Fact]
    public async Task A_degraded_read_is_counted_and_told()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef blob = (await store.PutAsync(Payload.Random(1, 3_000), ThreeAndTwo)).Ref;
        BlobHash lost = (await RepairTests.StripesAsync(store, blob))[0].Chunks[1].Hash;
        store.Chunks.Remove([lost]);
        var outcomes = new List<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meter) =>
        {
            if (instrument.Name == "dataforts.blob.degraded.reads") meter.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => { lock (outcomes) outcomes.Add($"{count} {tags[0].Value}"); });
        listener.Start();
        using var events = new Events();
        await store.ReadBytesAsync(blob);
        Assert.Equal(["1 rebuilt"], outcomes);
        Assert.Contains(events.Told, told => told.Contains(lost.ToString(), StringComparison.Ordinal));

        store.Chunks.Remove([.. (await RepairTests.StripesAsync(store, blob))[0].Chunks.Select(chunk => chunk.Hash)]);
        await Assert.ThrowsAsync<IntegrityException>(() => store.ReadBytesAsync(blob));
        Assert.Contains("1 lost", outcomes);
    }

    private static TreeNode? Decoded(byte[] bytes)
    {
        try
        {
            return TreeNode.Decode(bytes);
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    private static List<BlobHash> Data(MemoryChunks chunks, List<Stripe> stripes) =>
        [.. chunks.Fetched.Where(hash => stripes.Exists(stripe => stripe.Chunks.Any(chunk => chunk.Hash == hash)))];

    private sealed class Events : EventListener
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Told { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == DatafortsEvents.SourceName) EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Told?.Enqueue(string.Join(' ', eventData.Payload ?? new([])));
    }
}
