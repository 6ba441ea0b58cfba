using System.Text;
using Dataforts.Log;
using Dataforts.Store;

namespace Dataforts.Tests.Store;

public sealed class StoreFilesTests
{
    public static TheoryData<string, string> Files => new()
    {
        { "dataforts.store", "DFSTORE\0" },
        { "checkpoint", "DFCHECK\0" },
        { "log/0000000000000001.segment", "DFSEGMT\0" },
        { "lock", "DFLOCK\0\0" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_file_begins_with_magic_and_version(string file, string magic)
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        byte[] bytes = File.ReadAllBytes(Path.Combine(sample.Path, file));
        Assert.Equal(Encoding.ASCII.GetBytes(magic), bytes[..8]);
        Assert.Equal(3u, BitConverter.ToUInt32(bytes, 8));
    }

    [Fact]
    public async Task There_are_no_files_but_these()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        Assert.Equal(
            ["checkpoint", "dataforts.store", "lock", "log/0000000000000001.segment", "names.sqlite", "readers/gate"],
            Directory.GetFiles(sample.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(sample.Path, f)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("dataforts.store")]
    [InlineData("checkpoint")]
    [InlineData("log/0000000000000001.segment")]
    public async Task A_version_from_another_time_is_refused_by_name(string file)
    {
        foreach (bool crashed in (bool[])[false, true])
        {
            using SampleStore sample = await SampleStore.MakeAsync(crashed);
            string path = Path.Combine(sample.Path, file);
            byte[] bytes = File.ReadAllBytes(path), other = [.. bytes];
            ulong magic = BitConverter.ToUInt64(bytes);
            (FileHeader.Read(bytes, magic, path) with { Version = 4 }).Write(other);
            File.WriteAllBytes(path, other);
            foreach (bool writable in (bool[])[false, true])
            {
                DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => SampleStore.OpenAsync(sample.Path, writable));
                Assert.Equal(ErrorKind.UnsupportedVersion, error.Kind);
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                Assert.Contains("version 4", error.Message, StringComparison.Ordinal);
            }
            File.WriteAllBytes(path, bytes);
            await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
            sample.AssertWhole(store);
        }
    }

    [Theory]
    [InlineData(0, "magic")]
    [InlineData(12, "checksum")]
    [InlineData(20, "checksum")]
    [InlineData(63, "checksum")]
    [InlineData(66, "checksum")]
    public async Task A_damaged_store_header_is_refused_by_name_and_place(int offset, string what)
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string path = Path.Combine(sample.Path, "dataforts.store");
        Patch(path, offset, 0xFF);
        int at = offset > 63 ? 64 : offset < 12 ? 0 : 12;
        foreach (bool writable in (bool[])[false, true]) await AssertDamagedAsync(sample, writable, path, $"{at}: ", what);
    }

    [Fact]
    public async Task A_header_that_is_cut_off_is_refused_by_name_and_place()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string path = Path.Combine(sample.Path, "dataforts.store");
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            await AssertDamagedAsync(sample, writable: length % 2 == 0, path, $"{Math.Min(length, 64)}: ", "");
        }
        File.WriteAllBytes(path, new byte[100_000]);
        await AssertDamagedAsync(sample, writable: true, path, "bytes", "more than any of its kind");
    }

    [Fact]
    public async Task A_damaged_checkpoint_stops_a_writer_and_is_named_by_a_reader()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string path = Path.Combine(sample.Path, "checkpoint");
        Patch(path, 70, 0xFF);
        await AssertDamagedAsync(sample, writable: true, path, "64: ", "checksum");
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Equal([path], reader.FindDamagedFiles(TestContext.Current.CancellationToken));
        await ChunkStore.RebuildAsync(new StoreOptions { Path = sample.Path }, TestContext.Current.CancellationToken);
        await using ChunkStore rebuilt = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(rebuilt);
        Assert.Empty(rebuilt.FindDamagedFiles(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_store_without_its_header_is_not_taken_for_an_empty_folder()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string path = Path.Combine(sample.Path, "dataforts.store");
        File.Move(path, path + ".away");
        foreach (bool writable in (bool[])[false, true]) await AssertDamagedAsync(sample, writable, path, "0: ", "missing");
        File.Move(path + ".away", path);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        sample.AssertWhole(store);
    }

    private static async Task AssertDamagedAsync(SampleStore sample, bool writable, string path, string where, string what)
    {
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => SampleStore.OpenAsync(sample.Path, writable));
        Assert.Equal(ErrorKind.StoreDamaged, error.Kind);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    private static void Patch(string path, long offset, byte value)
    {
        using FileStream file = File.OpenWrite(path);
        file.Position = offset;
        file.WriteByte(value);
    }
}
