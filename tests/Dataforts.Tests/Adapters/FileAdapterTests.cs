using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Testing;
using Dataforts.Tests.Devices;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Adapters;

public sealed class FileAdapterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(30_000));
    private readonly FileAdapter _adapter;

    public FileAdapterTests() => _adapter = Make();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => _folder["blobs"];

    public void Dispose()
    {
        _adapter.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_named_by_the_hash_of_its_bytes_under_its_first_two_digits()
    {
        byte[] content = Contents.Fresh(1000);
        await StoreAsync(content);
        string path = PathOf(content);
        Assert.Equal(content, await File.ReadAllBytesAsync(path, Token));
        Assert.Equal(Path.GetFileName(path), BlobHash.Compute(await File.ReadAllBytesAsync(path, Token)).ToString());
        Assert.Equal([path], Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_is_durable_has_a_root_whose_every_parent_is()
    {
        var recording = new Recording();
        using var adapter = new FileAdapter(new FileAdapterOptions
        {
            Root = _folder["some/where/blobs"],
            Device = new RecordingDevice(StorageDevice.System, recording, _folder.Path),
        });
        byte[] content = Contents.Fresh(100);
        await adapter.StoreAsync(Contents.Small(content), Contents.Whole(content), new ClaimOptions { Durability = Durability.Durable }, Token);
        string shard = $"some/where/blobs/{BlobHash.Compute(content).ToString()[..2]}";
        Assert.Equal(
            ["CreateFolder some", "FlushFolder ", "CreateFolder some/where", "FlushFolder some", "CreateFolder some/where/blobs", "FlushFolder some/where",
                $"FlushFolder {shard}", "FlushFolder some/where/blobs"],
            recording.Operations.Select(operation => $"{operation.Deed} {operation.Path}"));
    }

    [Fact]
    public async Task What_is_there_is_not_written_again()
    {
        byte[] content = Contents.Fresh(1000);
        Assert.True(await StoreAsync(content));
        DateTime old = DateTime.UnixEpoch + TimeSpan.FromDays(1000);
        File.SetLastWriteTimeUtc(PathOf(content), old);
        Assert.False(await StoreAsync(content));
        Assert.False(await _adapter.StoreAsync(Contents.Small(content), new MemoryStream(content), ClaimOptions.Default, Token));
        Assert.Equal(old, File.GetLastWriteTimeUtc(PathOf(content)));
        Assert.Equal(old, (await _adapter.StatAsync(Contents.Small(content), Token)).StoredAt!.Value.UtcDateTime);
    }

    [Fact]
    public async Task A_file_that_was_cut_is_told_and_mended_by_the_next_store()
    {
        byte[] content = Contents.Fresh(1000);
        await StoreAsync(content);
        await File.WriteAllBytesAsync(PathOf(content), content[..999], Token);
        await RefusedAsync(ErrorKind.ChunkLength, () => _adapter.FetchAsync(Contents.Small(content), null, Token).AsTask());
        await RefusedAsync(ErrorKind.ChunkLength, () => _adapter.OpenReadAsync(Contents.Small(content), Token).AsTask());
        Assert.True(await StoreAsync(content));
        using OwnedBytes bytes = await _adapter.FetchAsync(Contents.Small(content), null, Token);
        Assert.Equal(content, bytes.ToArray());
    }

    [Fact]
    public async Task Bytes_that_were_changed_never_come_through_the_resolver()
    {
        byte[] content = Contents.Fresh(1000), changed = [.. content];
        await StoreAsync(content);
        changed[500] ^= 1;
        await File.WriteAllBytesAsync(PathOf(content), changed, Token);
        var registry = new AdapterRegistry();
        registry.Register(_adapter, AdapterTrust.Trusted);
        var resolver = new BlobResolver(registry, new ResolverOptions { AllowedSchemes = ["file"] });
        await RefusedAsync(ErrorKind.ChunkCorrupt, () => resolver.FetchAsync(Contents.Small(content, "file"), Token).AsTask());
        await RefusedAsync(ErrorKind.ChunkCorrupt, () => resolver.OpenReadAsync(Contents.Small(content, "file"), Token).AsTask());
    }

    [Theory]
    [InlineData("shard")]
    [InlineData("file")]
    [InlineData("aside")]
    public async Task Nothing_is_reached_through_a_link(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links takes a privilege there");
        byte[] content = Contents.Fresh(1000);
        string outside = Directory.CreateDirectory(_folder["outside"]).FullName, path = PathOf(content), shard = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(Root);
        if (what == "shard") Directory.CreateSymbolicLink(shard, outside);
        else if (what == "aside") Directory.CreateSymbolicLink(Path.Combine(Root, "aside"), outside);
        else
        {
            Directory.CreateDirectory(shard);
            await File.WriteAllBytesAsync(Path.Combine(outside, "secret"), content, Token);
            File.CreateSymbolicLink(path, Path.Combine(outside, "secret"));
        }
        int before = Directory.GetFileSystemEntries(outside).Length;
        await RefusedAsync(ErrorKind.StoreDamaged, () => StoreAsync(content));
        if (what != "aside")
        {
            SmallRef blob = Contents.Small(content);
            await RefusedAsync(ErrorKind.StoreDamaged, () => _adapter.FetchAsync(blob, null, Token).AsTask());
            await RefusedAsync(ErrorKind.StoreDamaged, () => _adapter.OpenReadAsync(blob, Token).AsTask());
            await RefusedAsync(ErrorKind.StoreDamaged, () => _adapter.ExistsAsync(blob, Token).AsTask());
            await RefusedAsync(ErrorKind.StoreDamaged, () => _adapter.StatAsync(blob, Token).AsTask());
            await RefusedAsync(ErrorKind.StoreDamaged, () => _adapter.DeleteAsync(blob, Token).AsTask());
        }
        Assert.Equal(before, Directory.GetFileSystemEntries(outside).Length);
    }

    [Fact]
    public async Task What_a_dead_process_left_aside_goes_after_a_day()
    {
        string aside = Directory.CreateDirectory(Path.Combine(Root, "aside")).FullName;
        string old = Path.Combine(aside, "old.tmp"), young = Path.Combine(aside, "young.tmp");
        await File.WriteAllBytesAsync(old, [1], Token);
        await File.WriteAllBytesAsync(young, [1], Token);
        DateTime now = _time.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(old, now - AdapterLimits.StaleAfter - TimeSpan.FromMinutes(1));
        File.SetLastWriteTimeUtc(young, now - AdapterLimits.StaleAfter + TimeSpan.FromMinutes(1));
        await StoreAsync(Contents.Fresh(10));
        Assert.Equal([young], Directory.GetFiles(aside));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await _adapter.RemoveStaleAsync(Token));
        Assert.Empty(Directory.GetFiles(aside));
    }

    [Fact]
    public async Task What_lies_about_in_the_folder_is_no_blob()
    {
        byte[] content = Contents.Fresh(1000);
        await StoreAsync(content);
        string shard = Path.GetDirectoryName(PathOf(content))!;
        await File.WriteAllTextAsync(Path.Combine(shard, "notes.txt"), "x", Token);
        await File.WriteAllTextAsync(Path.Combine(Root, BlobHash.Compute([9]).ToString()), "x", Token);
        Directory.CreateDirectory(PathOf([5]));
        Assert.False(await _adapter.ExistsAsync(Contents.Small([5]), Token));
        await RefusedAsync(ErrorKind.BlobNotFound, () => _adapter.FetchAsync(Contents.Small([5]), null, Token).AsTask());
        var listed = new List<BlobHash>();
        await foreach (AdapterEntry entry in _adapter.ListAsync("", Token)) listed.Add(entry.Hash);
        Assert.Equal([BlobHash.Compute(content)], listed);
    }

    [Fact]
    public async Task A_long_file_comes_in_several_buffers_and_right()
    {
        byte[] content = Contents.Fresh((33 << 20) + 5);
        await _adapter.StoreAsync(Contents.Small(content), new MemoryStream(content), ClaimOptions.Default, Token);
        using OwnedBytes bytes = await _adapter.FetchAsync(Contents.Small(content), null, Token);
        Assert.False(bytes.Bytes.IsSingleSegment);
        Assert.True(content.AsSpan().SequenceEqual(bytes.ToArray()));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        await File.WriteAllBytesAsync(Root, [1], Token);
        await RefusedAsync(ErrorKind.Io, () => StoreAsync(Contents.Fresh(10)));
    }

    private FileAdapter Make() => new(new FileAdapterOptions { Root = Root, Time = _time });

    private Task<bool> StoreAsync(byte[] content) =>
        _adapter.StoreAsync(Contents.Small(content), Contents.Whole(content), ClaimOptions.Default, Token).AsTask();

    private string PathOf(byte[] content)
    {
        string hash = BlobHash.Compute(content).ToString();
        return Path.Combine(Root, hash[..2], hash);
    }

    private static async Task RefusedAsync(ErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(call)).Kind);
}
