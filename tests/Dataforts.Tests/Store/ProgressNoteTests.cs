using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store;

public sealed class ProgressNoteTests
{
    [Fact]
    public async Task What_a_long_lived_writer_flushed_is_noted_while_it_works()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        var options = new StoreOptions { Path = folder["store"], Writable = true, Time = time };
        await using ChunkStore store = await ChunkStore.OpenAsync(options, TestContext.Current.CancellationToken);
        Guid id = store.Info.StoreId;
        store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(1, 5_000)));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Checkpoint.Load(StorageDevice.System, folder["store"], id).Segments);
        time.Advance(TimeSpan.FromSeconds(2));
        store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(2, 5_000)));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        Checkpoint noted = Checkpoint.Load(StorageDevice.System, folder["store"], id);
        Assert.False(noted.Clean);
        Assert.Equal(store.Info.DiskBytes, Assert.Single(noted.Segments).SyncedLength);
    }
}
