using Dataforts.Content;
using Dataforts.Store.Events;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Lifecycle;

/// <summary>An event with a ref keeps the blob until retention drops it.</summary>
public sealed class EventRootTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_published_blob_stays_until_its_event_is_dropped(bool crashes)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        (byte[] Content, BlobRef Blob)[] blobs = new (byte[], BlobRef)[6];
        for (int i = 0; i < blobs.Length; i++)
        {
            byte[] content = Payload.Random(i + 1, 20_000);
            blobs[i] = (content, await store.PutAsync(content, KeptStore.AsTree));
            // Counted from the start, or told of as it happens.
            if (i == 2) await store.CollectAsync();
            Publish(store, blobs[i].Blob);
        }
        store.Time.Advance(TimeSpan.FromDays(30));
        if (crashes) await store.CrashAsync();
        Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
        foreach ((byte[] content, BlobRef blob) in blobs) await store.AssertHoldsAsync(blob, content);

        StoredChannel channel = store.Chunks.Events.Find("refs")!;
        // Each ref lies between two events that are none.
        channel.Trim(4);
        Assert.True((await store.CollectAsync(now: true)).CollectedChunks > 0);
        foreach ((byte[] content, BlobRef blob) in blobs[1..]) await store.AssertHoldsAsync(blob, content);
        long left = store.Chunks.Info.Chunks;
        channel.SetRetention(new EventRetention { MaxCount = 4 });
        if (crashes) await store.CrashAsync();
        await store.CollectAsync(now: true);
        await store.AssertHoldsAsync(blobs[^1].Blob, blobs[^1].Content);
        Assert.InRange(store.Chunks.Info.Chunks, 1, left / 4);
        store.Chunks.Events.Find("refs")!.Trim(ulong.MaxValue);
        await store.CollectAsync(now: true);
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task An_event_that_only_looks_like_a_ref_keeps_nothing_and_one_that_is_none_is_refused()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        BlobRef blob = await store.PutAsync(Payload.Random(1, 20_000), KeptStore.AsTree);
        StoredChannel channel = store.Chunks.Events.OpenOrCreate("refs", EventRetention.Everything);
        channel.TryAppend(blob.Encode(), isRef: false, null, out _);
        Assert.ThrowsAny<Exception>(() => channel.TryAppend("no ref"u8, isRef: true, null, out _));
        Assert.Equal(1UL, channel.Next);
        Assert.True((await store.CollectAsync(now: true)).CollectedChunks > 0);
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task What_cannot_be_read_of_events_stops_a_collection()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        BlobRef blob = await store.PutAsync(Payload.Random(1, 20_000), KeptStore.AsTree);
        Publish(store, blob);
        await store.CloseAsync();
        string path = Dataforts.Tests.Store.SampleStore.Segment(store.Path);
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().LastIndexOf(blob.Encode());
        bytes[at + 20] ^= 1;
        File.WriteAllBytes(path, bytes);
        await store.OpenAsync();
        await Assert.ThrowsAnyAsync<DatafortsException>(() => store.CollectAsync(now: true));
        Assert.True(store.Chunks.Info.Chunks > 0);
        store.Chunks.Events.Find("refs")!.Trim(ulong.MaxValue);
        await store.CollectAsync(now: true);
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    // One ref among inline events, all of them one batch.
    private static void Publish(KeptStore store, BlobRef blob)
    {
        StoredChannel channel = store.Chunks.Events.OpenOrCreate("refs", EventRetention.Everything);
        channel.TryAppend([new NewEvent("before"u8.ToArray()), new NewEvent(blob.Encode(), IsRef: true), new NewEvent("after"u8.ToArray())], null, out _);
    }
}
