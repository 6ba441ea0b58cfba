using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Blobs;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>Writers, readers, collections and compactions at the same time.</summary>
public sealed class StressTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_is_named_is_there_whatever_else_goes_on() => RunAsync(TimeSpan.FromSeconds(1.5));

    [Fact]
    [Slow]
    public Task What_is_named_is_there_whatever_else_goes_on_for_long() => RunAsync(TimeSpan.FromSeconds(40));

    // Contents are few, so that writers meet each other's garbage all the time.
    private static async Task RunAsync(TimeSpan time)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[][] contents = [.. Enumerable.Range(0, 12).Select(i => Payload.Random(i / 2, 3000 + (i * 2500)))];
        using var end = new CancellationTokenSource(time);
        long puts = 0, reads = 0;
        long[] collections = [0, 0];
        Task[] workers =
        [
            .. Enumerable.Range(0, 3).Select(writer => Task.Run(() => WriteAsync(writer))),
            .. Enumerable.Range(0, 2).Select(reader => Task.Run(() => ReadAsync(reader))),
            Task.Run(CollectAsync), Task.Run(CompactAsync),
        ];
        await Task.WhenAll(workers);
        string what = $"{puts} puts, {reads} reads, {collections[0]} collections of {collections[1]} chunks";
        TestContext.Current.TestOutputHelper?.WriteLine(what);
        Assert.True(puts > 10 && reads > 10 && collections[0] > 2 && collections[1] > 0, what);
        LifecycleCounters kept = await store.Collector.SettleAsync(Cancel);
        await store.Collector.DisposeAsync();
        store.Renew();
        Assert.Equal(await store.Collector.SettleAsync(Cancel), kept);
        for (int i = 0; i < 9; i++) store.Chunks.RemoveName($"{i % 3}-{i / 3}");
        await store.CollectAsync(now: true);
        Assert.Equal(0, store.Chunks.Info.Chunks);

        async Task WriteAsync(int writer)
        {
            Random random = TestSeed.For($"{nameof(StressTests)} {writer}");
            while (!end.IsCancellationRequested)
            {
                byte[] content = contents[random.Next(contents.Length)];
                string name = $"{writer}-{random.Next(3)}";
                PutOptions options = KeptStore.AsTree with { Name = name };
                BlobRef blob = (await store.Blobs.PutAsync(new MemoryStream(content), options, null, Cancel)).Ref;
                await store.AssertHoldsAsync(blob, content);
                if (random.Next(2) == 0) Assert.True(store.Chunks.RemoveName(name));
                Interlocked.Increment(ref puts);
            }
        }

        // What an open stream was opened on stays whatever becomes of its name.
        async Task ReadAsync(int reader)
        {
            Random random = TestSeed.For($"{nameof(StressTests)} reader {reader}");
            while (!end.IsCancellationRequested)
            {
                if (store.Chunks.FindName($"{random.Next(3)}-{random.Next(3)}") is not { } entry) continue;
                try
                {
                    await using Stream stream = await store.Blobs.OpenReadAsync(entry.Ref, Cancel);
                    int first = stream.ReadByte();
                    await Task.Yield();
                    byte[] rest = await Payload.ReadAllAsync(stream);
                    Assert.Contains(contents, content => content[0] == first && content.AsSpan(1).SequenceEqual(rest));
                    Interlocked.Increment(ref reads);
                }
                catch (DatafortsException error) when (error.Kind == ErrorKind.BlobNotFound)
                {
                    // Its name went, and it with that, before it was opened.
                }
            }
        }

        async Task CollectAsync()
        {
            while (!end.IsCancellationRequested)
            {
                CollectionReport report = await store.CollectAsync(now: true);
                collections[0]++;
                collections[1] += report.CollectedChunks;
            }
        }

        async Task CompactAsync()
        {
            while (!end.IsCancellationRequested)
            {
                await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.2 }, null, Cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
            }
        }
    }
}
