using System.Collections.Concurrent;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A scrub beside puts, removals, reads and compaction: nothing sound is taken for wrong, nothing wrong is served.</summary>
public sealed class ScrubRaceTests : IDisposable
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(1500);

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Nothing_sound_is_given_up() => RunAsync(Span);

    [Fact]
    [Slow]
    public Task Nothing_sound_is_given_up_for_long() => RunAsync(30 * Span);

    private async Task RunAsync(TimeSpan span)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(_folder["store"], writable: true);
        var kept = new ConcurrentDictionary<BlobHash, byte[]>();
        var quarantined = new ConcurrentBag<QuarantinedChunk>();
        store.ChunkQuarantined += quarantined.Add;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(span);
        int scrubs = 0, compactions = 0;
        await Task.WhenAll(
            WhileAsync(i => PutAndRemove(store, kept, i), end.Token),
            WhileAsync(_ => ReadOne(store, kept), end.Token),
            UntilAsync(async () =>
            {
                ScrubReport report = await store.ScrubAsync(cancellationToken: CancellationToken.None);
                Assert.True(report.IsSound, $"seed {TestSeed.Value}: {string.Join(' ', report.Corrupt)} {string.Join(' ', report.DamagedFiles)}");
                scrubs++;
            }, end.Token),
            UntilAsync(async () =>
            {
                await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.05 }, cancellationToken: CancellationToken.None);
                compactions++;
                await Task.Delay(5, Cancel);
            }, end.Token));
        Assert.True(scrubs > 1 && compactions > 1, $"{scrubs} scrubs, {compactions} compactions");
        Assert.Empty(quarantined);
        foreach ((BlobHash hash, byte[] content) in kept) SampleStore.AssertHolds(store, hash, content);
    }

    [Fact]
    public async Task A_put_that_meets_a_scrub_of_the_same_wrong_chunk_is_not_lost()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(6);
        string segment = SampleStore.Segment(sample.Path);
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf(content)] ^= 1;
        File.WriteAllBytes(segment, bytes);
        for (int round = 0; round < 60; round++)
        {
            string path = sample.Copy();
            await using ChunkStore store = await SampleStore.OpenAsync(path, writable: true);
            Task<ScrubReport> scrub = store.ScrubAsync(cancellationToken: Cancel);
            if (round % 3 > 0) await Task.Yield();
            bool isNew = store.Put(ChunkVerifier.Hash(content));
            ScrubReport report = await scrub;
            Assert.Equal(report.Corrupt.Count > 0, report.Corrupt.Contains(hash));
            // Either the put came before anybody knew, and is taken for one of what was there; or it mended it.
            if (isNew) SampleStore.AssertHolds(store, hash, content);
            else Assert.True(store.Put(ChunkVerifier.Hash(content)) || report.Corrupt.Count == 0);
            SampleStore.AssertHolds(store, hash, content);
            Assert.Empty(store.ListQuarantine());
        }
    }

    private static void PutAndRemove(ChunkStore store, ConcurrentDictionary<BlobHash, byte[]> kept, int i)
    {
        byte[] content = SpecRandom.Bytes((ulong)(i % 400) + 1, 500 + (i % 400 * 7));
        VerifiedChunk chunk = ChunkVerifier.Hash(content);
        if (i % 3 == 2)
        {
            kept.TryRemove(chunk.Hash, out _);
            store.Remove([chunk.Hash]);
        }
        else
        {
            store.Put(chunk);
            kept[chunk.Hash] = content;
        }
    }

    private static void ReadOne(ChunkStore store, ConcurrentDictionary<BlobHash, byte[]> kept)
    {
        foreach ((BlobHash hash, byte[] content) in kept.Take(20))
        {
            using ChunkBuffer? buffer = store.Read(hash);
            if (buffer is not null) Assert.True(buffer.Memory.Span.SequenceEqual(content));
        }
    }

    private static Task WhileAsync(Action<int> deed, CancellationToken end) => Task.Run(() =>
    {
        for (int i = 0; !end.IsCancellationRequested; i++) deed(i);
    }, CancellationToken.None);

    private static Task UntilAsync(Func<Task> deed, CancellationToken end) => Task.Run(async () =>
    {
        while (!end.IsCancellationRequested) await deed();
    }, CancellationToken.None);
}
