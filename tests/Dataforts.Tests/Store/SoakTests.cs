using System.Globalization;
using Dataforts.CrashChild;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>Four threads put, get, remove, name and compact, the store is closed and opened again now and then, and another process reads
/// all the while.</summary>
public sealed class SoakTests
{
    private const int Threads = 4;
    private static readonly VerifiedChunk[] Chunks =
        [.. Enumerable.Range(0, Workload.ChunkCount).Select(i => ChunkVerifier.Hash(Workload.Content(i)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Four_threads_and_a_reader_beside_them_leave_a_sound_store() => SoakAsync(TimeSpan.FromSeconds(5));

    [Fact]
    [Slow]
    public Task Four_threads_and_a_reader_beside_them_leave_a_sound_store_after_a_minute() => SoakAsync(TimeSpan.FromMinutes(1));

    private static async Task SoakAsync(TimeSpan length)
    {
        using var folder = new ScratchFolder();
        StoreOptions options = SampleStore.OptionsOf(folder["store"]) with { MinHintedBytes = 16 * 1024, MaxOpenFiles = 6 };
        SoakThread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new SoakThread(i, Threads, Chunks, TestSeed.For($"soak {i}")))];
        await using (await SampleStore.OpenAsync(options))
        {
            // There is a store for the reader to open.
        }
        using ChildProcess reader = ChildProcess.Start("look", options.Path);
        Assert.Equal("started", await reader.ReadLineAsync());
        long start = TimeProvider.System.GetTimestamp();
        int rounds = 0;
        for (; rounds == 0 || TimeProvider.System.GetElapsedTime(start) < length; rounds++)
        {
            ChunkStore store = await SampleStore.OpenAsync(options);
            await Task.WhenAll(threads.Select(thread => Task.Run(() => thread.RunAsync(store, steps: 120, Cancel), Cancel)));
            // It is closed while a last compaction is under way.
            Task<CompactionProgress> compaction = store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.01 }, cancellationToken: Cancel);
            await store.DisposeAsync();
            await ((Task)compaction).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.True(compaction.IsCompletedSuccessfully || compaction.IsCanceled, $"seed {TestSeed.Value}: {compaction.Exception}");
        }
        int segments = threads.Sum(thread => thread.SegmentsCompacted);
        await AssertSoundAsync(options, threads);
        await reader.CloseInputAsync();
        Assert.Equal(0, reader.ExitCode);
        long[] said = [.. (await reader.ReadRestAsync())[^1].Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        Assert.True(said[0] > 0 && said[1] > 0, "the reader has read nothing");
        Assert.True(segments > 0, "nothing was compacted");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} rounds, {segments} segments compacted; the reader: {said[0]} views, {said[1]} chunks, {said[2]} removed before it read them");
    }

    private static async Task AssertSoundAsync(StoreOptions options, SoakThread[] threads)
    {
        foreach (bool writable in (bool[])[false, true, false])
        {
            await using ChunkStore store = await SampleStore.OpenAsync(options with { Writable = writable });
            foreach (SoakThread thread in threads) thread.AssertTrue(store);
            Assert.Equal(threads.Sum(thread => thread.Chunks), store.Info.Chunks);
            Assert.Equal(threads.Sum(thread => thread.Names), store.ListNames().Count());
            Assert.True(store.FindDamagedFiles(Cancel).Count == 0, string.Join('\n', store.FindDamagedFiles(Cancel).Concat(store.DescribeDamage())));
        }
    }
}
