using System.Diagnostics;
using System.Globalization;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>Devices that take no more, or nothing at all.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _mounts = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (string mount in _mounts) Run("umount", "-l", mount);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_full_disk_is_a_typed_error_and_costs_nothing_that_was_acknowledged()
    {
        string disk = Mount("tmpfs", "-t", "tmpfs", "-o", "size=1m", "tmpfs");
        string ballast = Path.Combine(disk, "ballast"), path = Path.Combine(disk, "store");
        File.WriteAllBytes(ballast, new byte[300_000]);
        var chunks = new List<byte[]>();
        var names = new Dictionary<string, BlobRef>();
        await using (ChunkStore store = await SampleStore.OpenAsync(path, writable: true))
        {
            names["first"] = SmallRef.Create(BlobHash.Compute([]), 0);
            store.SetName("first", names["first"]);
            Put(store, 8000, 1);
            Assert.True(chunks.Count > 20);
            // The last bytes go to records of names, for which the index may find no room long before the log does.
            for (int i = 0; ; i++)
            {
                BlobRef blob = SmallRef.Create(BlobHash.Compute(chunks[i % chunks.Count]), (ulong)chunks[i % chunks.Count].Length);
                DatafortsException? refused = Record.Exception(() => store.SetName($"name-{i}", blob)) as DatafortsException;
                if (refused is not null)
                {
                    Assert.Equal(ErrorKind.NoSpace, refused.Kind);
                    break;
                }
                names[$"name-{i}"] = blob;
            }
            AssertAll(store);
            await using (ChunkStore reader = await SampleStore.OpenAsync(path, writable: false)) AssertAll(reader);

            File.Delete(ballast);
            byte[] more = SpecRandom.Bytes(99, 50_000);
            Assert.True(store.Put(ChunkVerifier.Hash(more)));
            chunks.Add(more);
            store.SetName("after", names["first"]);
            names["after"] = names["first"];
            await store.FlushAsync(Cancel);
            AssertAll(store);
        }
        for (int round = 0; round < 2; round++)
        {
            await using ChunkStore again = await SampleStore.OpenAsync(path, writable: round == 0);
            AssertAll(again);
            Assert.Empty(again.FindDamagedFiles(Cancel));
        }

        void Put(ChunkStore store, int length, ulong seed)
        {
            for (; ; seed++)
            {
                byte[] content = SpecRandom.Bytes(seed, length);
                if (Record.Exception(() => store.Put(ChunkVerifier.Hash(content))) is DatafortsException refused)
                {
                    Assert.Equal(ErrorKind.NoSpace, refused.Kind);
                    Assert.False(store.Contains(BlobHash.Compute(content)));
                    return;
                }
                chunks.Add(content);
            }
        }

        void AssertAll(ChunkStore store)
        {
            foreach (byte[] content in chunks) SampleStore.AssertHolds(store, BlobHash.Compute(content), content);
            foreach ((string name, BlobRef blob) in names) Assert.Equal(blob, store.FindName(name)?.Ref);
        }
    }

    [Fact]
    public async Task A_disk_that_fills_before_the_store_is_closed_leaves_it_usable()
    {
        string disk = Mount("tmpfs", "-t", "tmpfs", "-o", "size=1m", "tmpfs");
        string path = Path.Combine(disk, "store"), ballast = Path.Combine(disk, "ballast");
        byte[] content = SpecRandom.Bytes(1, 5000);
        ChunkStore store = await SampleStore.OpenAsync(path, writable: true);
        store.Put(ChunkVerifier.Hash(content));
        Fill(ballast);
        // The room that was set aside for the segment is given back, and is enough to close in.
        await store.DisposeAsync();
        string more = Path.Combine(disk, "more");
        Fill(more);
        Assert.Equal(ErrorKind.NoSpace, (await Assert.ThrowsAsync<DatafortsException>(() => SampleStore.OpenAsync(path, writable: true))).Kind);
        await using (ChunkStore reader = await SampleStore.OpenAsync(path, writable: false))
            SampleStore.AssertHolds(reader, BlobHash.Compute(content), content);
        File.Delete(ballast);
        File.Delete(more);
        await using ChunkStore again = await SampleStore.OpenAsync(path, writable: true);
        SampleStore.AssertHolds(again, BlobHash.Compute(content), content);
        Assert.True(again.Put(ChunkVerifier.Hash(SpecRandom.Bytes(2, 5000))));
    }

    [Fact]
    public async Task A_read_only_disk_is_read_and_refuses_a_writer_at_once()
    {
        string path = Path.Combine(_folder.Path, "writable");
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        ScratchFolder.Copy(sample.Path, path);
        string disk = Mount("bind", "--bind", path);
        if (!Run("mount", "-o", "remount,ro,bind", disk)) Assert.Skip("this system does not remount a folder read-only");
        await using (ChunkStore reader = await SampleStore.OpenAsync(disk, writable: false))
        {
            sample.AssertWhole(reader);
            Assert.Empty(reader.FindDamagedFiles(Cancel));
        }
        foreach (Func<Task> write in (Func<Task>[])
            [
                () => ChunkStore.OpenAsync(new StoreOptions { Path = disk, Writable = true, LockTimeout = TimeSpan.FromMinutes(5) }, Cancel),
                () => ChunkStore.RebuildAsync(new StoreOptions { Path = disk, LockTimeout = TimeSpan.FromMinutes(5) }, Cancel),
            ])
        {
            DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(write);
            Assert.Equal(ErrorKind.ReadOnly, error.Kind);
            Assert.Contains(disk, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_device_that_refuses_one_write_refuses_that_one_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit on the length of files is set as Linux numbers it");
        string path = Path.Combine(_folder.Path, "store");
        using ChildProcess child = ChildProcess.Start("limit", path);
        string[] said = (await child.ReadLineAsync())!.Split(' ');
        await child.WaitAsync();
        Assert.Equal(0, child.ExitCode);
        Assert.Contains(said[0], (string[])[nameof(ErrorKind.Io), nameof(ErrorKind.NoSpace)]);
        int[] kept = [.. said[1].Split(',').Select(chunk => int.Parse(chunk, CultureInfo.InvariantCulture))];
        Assert.Equal((40_000 - 64) / (64 + 3000), kept.Length);
        await using ChunkStore store = await SampleStore.OpenAsync(path, writable: false);
        foreach (int chunk in kept.Append(1))
        {
            byte[] content = SpecRandom.Bytes((ulong)chunk, 3000);
            SampleStore.AssertHolds(store, BlobHash.Compute(content), content);
        }
        Assert.Equal(kept.Length + 1, store.Info.Chunks);
        Assert.Empty(store.FindDamagedFiles(Cancel));
    }

    private static void Fill(string ballast)
    {
        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        IOException? full = null;
        while (full is null) full = Record.Exception(() => file.Write(page)) as IOException;
    }

    private string Mount(string kind, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, $"a {kind} mount needs Linux and its superuser");
        string at = Directory.CreateDirectory(_folder[kind]).FullName;
        Assert.SkipUnless(Run("mount", [.. arguments, at]), $"this system does not let even its superuser make a {kind} mount");
        _mounts.Add(at);
        return at;
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
