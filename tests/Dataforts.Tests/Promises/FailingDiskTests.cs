using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Promises;

/// <summary>A device that refuses too much is read and no longer written.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FaultyDevice _device = new(StorageDevice.System);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Fault.Io)]
    [InlineData(Fault.ReadOnly)]
    public async Task After_three_refused_writes_the_store_is_read_only_and_says_why(int error)
    {
        byte[] kept = SpecRandom.Bytes(1, 3000);
        await using (ChunkStore store = await OpenAsync())
        {
            store.Put(ChunkVerifier.Hash(kept));
            Assert.Null(store.Condition.ReadOnlyReason);
            _device.Fault = new Fault(DeviceDeed.Write, 0, error, IsLasting: true) { Where = ".segment" };
            for (ulong i = 0; i < 3; i++) Assert.NotNull(Record.Exception(() => store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(10 + i, 3000)))));
            _device.Mend();
            DatafortsException refused = Assert.Throws<DatafortsException>(() => store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(20, 3000))));
            Assert.Equal(ErrorKind.ReadOnly, refused.Kind);
            Assert.Contains("refused 3 writes or flushes", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"injected error {error}", refused.Message, StringComparison.Ordinal);
            Assert.Equal(refused.Message, store.Condition.ReadOnlyReason);
            Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.SetName("n", SmallRef.Create(BlobHash.Compute(kept), 3000))).Kind);
            Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.ClaimRoom(1)).Kind);
            Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.Remove([BlobHash.Compute(kept)])).Kind);
            // Reads go on, here and in other processes, which are told as well; what was put before can still be flushed.
            SampleStore.AssertHolds(store, BlobHash.Compute(kept), kept);
            await store.FlushAsync(Cancel);
            await using ChunkStore reader = await SampleStore.OpenAsync(store.Path, writable: false);
            SampleStore.AssertHolds(reader, BlobHash.Compute(kept), kept);
            Assert.Equal(refused.Message, reader.Condition.ReadOnlyReason);
        }
        // Whoever opens it next tries anew.
        await using ChunkStore again = await OpenAsync();
        Assert.Null(again.Condition.ReadOnlyReason);
        Assert.True(again.Put(ChunkVerifier.Hash(SpecRandom.Bytes(21, 3000))));
        SampleStore.AssertHolds(again, BlobHash.Compute(kept), kept);
        Assert.Empty(again.FindDamagedFiles(Cancel));
        await using ChunkStore other = await SampleStore.OpenAsync(again.Path, writable: false);
        Assert.Null(other.Condition.ReadOnlyReason);
    }

    [Fact]
    public async Task After_three_refused_flushes_the_store_is_read_only()
    {
        await using ChunkStore store = await OpenAsync();
        _device.Fault = new Fault(DeviceDeed.FlushData, 0, Fault.Io, IsLasting: true) { Where = ".segment" };
        for (ulong i = 0; i < 3; i++)
        {
            store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(i, 3000)));
            await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel));
        }
        Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(9, 3000)))).Kind);
        for (ulong i = 0; i < 3; i++) SampleStore.AssertHolds(store, BlobHash.Compute(SpecRandom.Bytes(i, 3000)), SpecRandom.Bytes(i, 3000));
        Assert.Equal(3, store.DescribeRefusals().Count);
    }

    [Fact]
    public async Task A_log_that_cannot_write_anew_says_so_at_once()
    {
        await using ChunkStore store = await OpenAsync();
        store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(1, 3000)));
        _device.Fault = new Fault(DeviceDeed.FlushData, 0, Fault.Io) { LosesPages = true, Where = ".segment" };
        Assert.Equal(ErrorKind.WriterFailed, (await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel))).Kind);
        Assert.NotNull(store.Condition.ReadOnlyReason);
        await using ChunkStore reader = await SampleStore.OpenAsync(store.Path, writable: false);
        Assert.Equal(store.Condition.ReadOnlyReason, reader.Condition.ReadOnlyReason);
    }

    [Fact]
    public async Task A_full_disk_is_no_failing_one_and_old_refusals_are_forgotten()
    {
        await using ChunkStore store = await OpenAsync();
        _device.Fault = new Fault(DeviceDeed.Write, 0, Fault.NoSpace, IsLasting: true) { Where = ".segment" };
        for (ulong i = 0; i < 20; i++) Assert.NotNull(Record.Exception(() => store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(i, 3000)))));
        for (ulong i = 0; i < 20; i++)
        {
            _device.Fault = new Fault(DeviceDeed.Write, 0, Fault.Io) { Where = ".segment" };
            Assert.NotNull(Record.Exception(() => store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(100 + i, 3000)))));
            _device.Mend();
            Assert.True(store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(200 + i, 3000))));
            _time.Advance(StoreLimits.RefusalWindow / 2 + TimeSpan.FromSeconds(1));
        }
        Assert.Null(store.Condition.ReadOnlyReason);
    }

    [Fact]
    public async Task Any_number_may_be_refused_where_that_is_asked_for()
    {
        await using ChunkStore store = await OpenAsync(maxRefusals: null);
        for (ulong i = 0; i < 20; i++)
        {
            _device.Fault = new Fault(DeviceDeed.Write, 0, Fault.Io) { Where = ".segment" };
            Assert.NotNull(Record.Exception(() => store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(i, 3000)))));
        }
        _device.Mend();
        Assert.True(store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(99, 3000))));
    }

    [Fact]
    public void The_policy_counts_what_lies_in_its_window()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(60);
        TimeSpan window = TimeSpan.FromMinutes(10);
        DateTimeOffset[] two = [now, now - window];
        Assert.True(RefusalPolicy.IsFailing(two, now, 2, window));
        Assert.False(RefusalPolicy.IsFailing(two, now, 3, window));
        Assert.False(RefusalPolicy.IsFailing(two, now + TimeSpan.FromTicks(1), 2, window));
        Assert.False(RefusalPolicy.IsFailing(two, now, null, window));
        Assert.False(RefusalPolicy.IsFailing([], now, 1, window));
        Assert.Equal([ErrorKind.ReadOnly, ErrorKind.WriterFailed, ErrorKind.Io], Enum.GetValues<ErrorKind>().Where(RefusalPolicy.Counts));
    }

    [Fact]
    public async Task A_notice_that_is_damaged_counts_for_nothing()
    {
        await using (ChunkStore store = await OpenAsync()) StoreNotice.TrySave(StorageDevice.System, store.Path, store.Info.StoreId, "why", 0);
        string path = Path.Combine(_folder["store"], StoreNotice.FileName);
        byte[] whole = File.ReadAllBytes(path);
        await using (ChunkStore reader = await SampleStore.OpenAsync(_folder["store"], writable: false))
        {
            Assert.Equal("why", reader.Condition.ReadOnlyReason);
            for (int at = 0; at < whole.Length; at++)
            {
                byte[] bytes = [.. whole];
                bytes[at] ^= 2;
                File.WriteAllBytes(path, at % 2 == 0 ? bytes : whole[..at]);
                Assert.Null(reader.Condition.ReadOnlyReason);
            }
        }
    }

    private Task<ChunkStore> OpenAsync(int? maxRefusals = StoreLimits.DefaultMaxRefusals) =>
        SampleStore.OpenAsync(SampleStore.OptionsOf(_folder["store"]) with { Device = _device, Time = _time, MaxRefusals = maxRefusals });
}
