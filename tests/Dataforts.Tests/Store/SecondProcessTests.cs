using System.Globalization;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>One writer, whoever else looks on.</summary>
public sealed class SecondProcessTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_writer_waits_and_is_told_who_has_the_store_and_since_when()
    {
        using ChildProcess child = ChildProcess.Start("hold", Path);
        Assert.Equal("held", await child.ReadLineAsync());
        long start = TimeProvider.System.GetTimestamp();
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => OpenAsync(TimeSpan.FromMilliseconds(300)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, 300, 10_000);
        Assert.Equal(ErrorKind.StoreInUse, error.Kind);
        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
        Assert.Matches($@"process {child.Id} since \d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", error.Message);
        DatafortsException rebuild = await Assert.ThrowsAsync<DatafortsException>(
            () => ChunkStore.RebuildAsync(new StoreOptions { Path = Path, LockTimeout = TimeSpan.Zero }, Cancel));
        Assert.Equal(ErrorKind.StoreInUse, rebuild.Kind);

        // Readers do not wait, and one who waits long enough gets it.
        await using (ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false)) Assert.Equal(0, reader.Info.Chunks);
        Task<ChunkStore> waiting = OpenAsync(TimeSpan.FromSeconds(30));
        await child.CloseInputAsync();
        Assert.Equal(0, child.ExitCode);
        await using ChunkStore writer = await waiting;
        Assert.True(writer.Put(ChunkVerifier.Hash("mine"u8.ToArray())));
    }

    [Fact]
    public async Task The_claim_of_a_killed_writer_ends_with_it()
    {
        using ChildProcess child = ChildProcess.Start("hold", Path);
        Assert.Equal("held", await child.ReadLineAsync());
        Task<ChunkStore> waiting = OpenAsync(TimeSpan.FromSeconds(30));
        child.Kill();
        await child.WaitAsync();
        await using ChunkStore writer = await waiting;
        Assert.True(writer.Put(ChunkVerifier.Hash("mine"u8.ToArray())));
    }

    [Fact]
    public async Task In_one_process_too_there_is_one_writer()
    {
        await using (await OpenAsync(TimeSpan.Zero))
        {
            DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => OpenAsync(TimeSpan.Zero));
            Assert.Equal(ErrorKind.StoreInUse, error.Kind);
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
            using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ChunkStore.OpenAsync(
                new StoreOptions { Path = Path, Writable = true, LockTimeout = TimeSpan.FromMinutes(5) }, cancelled.Token));
        }
        await using ChunkStore again = await OpenAsync(TimeSpan.Zero);
        Assert.Equal(0, again.Info.Chunks);
    }

    [Fact]
    public Task A_reader_beside_a_writer_sees_one_moment() => LookOnAsync(views: 60);

    [Fact]
    [Slow]
    public async Task A_reader_beside_a_writer_sees_one_moment_a_thousand_times()
    {
        for (int round = 0; round < 20; round++) await LookOnAsync(views: 50);
    }

    private async Task LookOnAsync(int views)
    {
        string path = _folder[$"store-{Guid.NewGuid():N}"];
        using ChildProcess child = ChildProcess.Start("hammer", path);
        Assert.Equal("started", await child.ReadLineAsync());
        long most = 0;
        for (int view = 0; view < views; view++)
        {
            await using ChunkStore reader = await SampleStore.OpenAsync(path, writable: false);
            long chunks = reader.Info.Chunks;
            Assert.True(chunks >= most, "the store has shrunk");
            most = chunks;
            List<NameEntry> names = [.. reader.ListNames()];
            Assert.Equal(Math.Min(50, names.Count), names.Count);
            foreach (NameEntry entry in names)
            {
                var blob = (SmallRef)entry.Ref;
                using ChunkBuffer? buffer = reader.Read(blob.Hash);
                Assert.True(buffer is not null && buffer.Length == (int)blob.SizeBytes, $"view {view}: {entry.Name} stands for a chunk that is not there");
            }
            if (view % 5 == 0) foreach ((BlobHash hash, _) in reader.Enumerate()) reader.Read(hash)!.Dispose();
            IReadOnlyList<string> damaged = reader.FindDamagedFiles(Cancel);
            Assert.True(damaged.Count == 0, $"view {view}: {string.Join('\n', damaged.Concat(reader.DescribeDamage()))}");
            Assert.Equal(chunks, reader.Info.Chunks);
            Assert.Equal(names, reader.ListNames());
        }
        await child.CloseInputAsync();
        Assert.Equal(0, child.ExitCode);
        string[] said = (await child.ReadRestAsync())[^1].Split(' ');
        Assert.True(int.Parse(said[0], CultureInfo.InvariantCulture) > 0);
        // Had a reader held something, the writer would have waited for SQLite's busy time-out of seconds.
        Assert.InRange(int.Parse(said[1], CultureInfo.InvariantCulture), 0, 5000);
        await using ChunkStore end = await SampleStore.OpenAsync(path, writable: false);
        Assert.Empty(end.FindDamagedFiles(Cancel));
    }

    private Task<ChunkStore> OpenAsync(TimeSpan timeout) =>
        ChunkStore.OpenAsync(new StoreOptions { Path = Path, Writable = true, LockTimeout = timeout }, Cancel);
}
