using System.Diagnostics.Metrics;
using Dataforts.Store;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Log;

/// <summary>Alone among the tests while it runs: the meter is one for the process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class GroupCommitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_who_wait_for_the_device_at_once_share_its_flushes()
    {
        using var folder = new Testing.TempFolder();
        await using ChunkStore store = await SampleStore.OpenAsync(folder["store"], writable: true);
        using var flushes = new Tally("dataforts.log.flushes");
        const int Waiters = 500;
        await Task.WhenAll(Enumerable.Range(0, Waiters).Select(async i =>
        {
            store.Put(ChunkVerifier.Hash(BitConverter.GetBytes(i)));
            await store.FlushAsync(Cancel);
        }));
        Assert.InRange(flushes.Total, 1, Waiters / 2);
        long before = flushes.Total;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => store.FlushAsync(Cancel)));
        Assert.Equal(before, flushes.Total);
    }

    [Fact]
    public async Task A_flush_covers_what_came_before_it_and_a_close_needs_none()
    {
        using var folder = new Testing.TempFolder();
        using var flushes = new Tally("dataforts.log.flushes");
        await using (ChunkStore store = await SampleStore.OpenAsync(folder["store"], writable: true))
        {
            store.Put(ChunkVerifier.Hash(new byte[] { 1 }));
            store.SetName("n", Dataforts.Content.SmallRef.Create(Dataforts.Content.BlobHash.Compute([1]), 1));
            Assert.Equal(0, flushes.Total);
            await store.FlushAsync(Cancel);
            Assert.Equal(1, flushes.Total);
            Assert.Equal(new FileInfo(SampleStore.Segment(store.Path)).Length, SyncedLength(store));
            store.Put(ChunkVerifier.Hash(new byte[] { 2 }));
        }
        Assert.Equal(OperatingSystem.IsLinux() ? 1 : 2, flushes.Total);
        await using ChunkStore again = await SampleStore.OpenAsync(folder["store"], writable: true);
        await again.FlushAsync(Cancel);
        Assert.Equal(2, flushes.Total);
    }

    [Fact]
    public async Task A_waiter_may_give_up_and_the_flush_goes_on()
    {
        using var folder = new Testing.TempFolder();
        await using ChunkStore store = await SampleStore.OpenAsync(folder["store"], writable: true);
        store.Put(ChunkVerifier.Hash(new byte[1_000_000]));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.FlushAsync(cancelled.Token));
        await store.FlushAsync(Cancel);
        Assert.Equal(new FileInfo(SampleStore.Segment(store.Path)).Length, SyncedLength(store));
    }

    [Fact]
    public async Task A_close_waits_for_the_flush_that_is_under_way()
    {
        using var folder = new Testing.TempFolder();
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        bool isArmed = false;
        var device = new WatchedDevice(call =>
        {
            if (!Volatile.Read(ref isArmed) || call.Deed != WatchedDeed.Flush || !call.IsSegment) return;
            begun.Set();
            goOn.Wait(Cancel);
        });
        ChunkStore store = await ChunkStore.OpenAsync(SampleStore.OptionsOf(folder["store"]) with { Writable = true, Device = device }, Cancel);
        store.Put(ChunkVerifier.Hash(new byte[] { 1 }));
        Volatile.Write(ref isArmed, true);
        Task flush = store.FlushAsync(Cancel);
        begun.Wait(Cancel);
        Task close = store.DisposeAsync().AsTask();
        await Task.Delay(50, Cancel);
        Assert.False(close.IsCompleted);
        Volatile.Write(ref isArmed, false);
        goOn.Set();
        await flush;
        await close;
        await using ChunkStore again = await SampleStore.OpenAsync(folder["store"], writable: false);
        Assert.True(again.ToCheckpoint().Segments.All(segment => segment.SyncedLength == segment.Length));
    }

    private static long SyncedLength(ChunkStore store) => store.ToCheckpoint().Segments.Sum(s => s.SyncedLength);

    /// <summary>The sum of what a counter counts.</summary>
    private sealed class Tally : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _total;

        public Tally(string instrument)
        {
            _listener.InstrumentPublished = (published, listener) =>
            {
                if (published.Meter.Name == DatafortsMeter.Name && published.Name == instrument) listener.EnableMeasurementEvents(published);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _total, value));
            _listener.Start();
        }

        public long Total => Interlocked.Read(ref _total);

        public void Dispose() => _listener.Dispose();
    }
}
