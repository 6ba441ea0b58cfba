using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;
using Microsoft.Data.Sqlite;

namespace Dataforts.Tests.Store;

/// <summary>The SQLite index is derived: whatever becomes of it, the names are those of the log.</summary>
public sealed class NameIndexTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gone")]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("cut")]
    [InlineData("zeros")]
    [InlineData("stale")]
    [InlineData("foreign")]
    [InlineData("other schema")]
    [InlineData("edited")]
    [InlineData("folder")]
    [InlineData("hot journal")]
    public async Task Names_come_from_the_log_whatever_the_index_says(string harm)
    {
        foreach (bool crashed in (bool[])[false, true])
        {
            // After a crash the index may be of any age; what was edited by hand then is found by verify, not by use.
            if (crashed && harm == "edited") continue;
            using SampleStore sample = await SampleStore.MakeAsync(crashed);
            await HarmAsync(sample, harm);
            string copy = sample.Copy();
            await using (ChunkStore reader = await SampleStore.OpenAsync(copy, writable: false)) sample.AssertNames(reader);
            await using (ChunkStore writer = await SampleStore.OpenAsync(copy, writable: true))
            {
                sample.AssertNames(writer);
                sample.Name(writer, "name-new", sample.Names["name-1"]);
                sample.AssertNames(writer);
            }
            if (harm == "folder") continue;
            Assert.True(File.Exists(IndexOf(copy)));
            await using ChunkStore again = await SampleStore.OpenAsync(copy, writable: false);
            sample.AssertNames(again);
            Assert.Equal([sample.Names["name-1"]], again.ListPins().Select(pin => pin.Ref));
            Assert.Empty(again.FindDamagedFiles(Cancel));
        }
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("zeros")]
    [InlineData("edited")]
    public async Task A_rebuild_makes_the_index_anew(string harm)
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await HarmAsync(sample, harm);
        await using (ChunkStore damaged = await SampleStore.OpenAsync(sample.Path, writable: false))
            Assert.Equal([IndexOf(sample.Path)], damaged.FindDamagedFiles(Cancel));
        StoreInfo info = await ChunkStore.RebuildAsync(new StoreOptions { Path = sample.Path }, Cancel);
        Assert.Equal(sample.Chunks.Count, info.Chunks);
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Empty(reader.FindDamagedFiles(Cancel));
        await using SqliteConnection connection = Connect(sample.Path);
        Assert.Equal((long)sample.Names.Count, Scalar(connection, "SELECT count(*) FROM names"));
    }

    [Fact]
    public async Task A_rebuild_gives_up_what_is_damaged_and_keeps_the_rest()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string segment = SampleStore.Segment(sample.Path);
        byte[] bytes = File.ReadAllBytes(segment);
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(4);
        bytes[bytes.AsSpan().IndexOf(content) + 1] ^= 1;
        bytes[bytes.AsSpan().IndexOf("name-2"u8) + 5] ^= 3;
        bytes[2] ^= 1;
        File.WriteAllBytes(segment, bytes);
        await ChunkStore.RebuildAsync(new StoreOptions { Path = sample.Path }, Cancel);
        sample.Chunks.Remove(hash);
        sample.Names.Remove("name-2");
        await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true)) sample.Put(writer, content);
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task Padding_that_is_not_zero_is_found_and_mended_by_a_rebuild()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string segment = SampleStore.Segment(sample.Path);
        byte[] bytes = File.ReadAllBytes(segment);
        foreach (var record in Log.SegmentRecoveryTests.RecordsOf(sample.Path).Where(r => r.Location.Length % 8 != 0)) bytes[record.End - 1] = 7;
        File.WriteAllBytes(segment, bytes);
        await using (ChunkStore damaged = await SampleStore.OpenAsync(sample.Path, writable: false))
            Assert.Equal([segment], damaged.FindDamagedFiles(Cancel));
        await ChunkStore.RebuildAsync(new StoreOptions { Path = sample.Path }, Cancel);
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task An_index_that_cannot_be_written_costs_no_name()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true))
        {
            sample.AssertNames(writer);
            await using (SqliteConnection connection = Connect(sample.Path)) Scalar(connection, "DROP TABLE names");
            sample.Name(writer, "name-new", sample.Names["name-1"]);
            sample.Name(writer, "name-newer", sample.Names["name-2"]);
            sample.AssertNames(writer);
        }
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertNames(reader);
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task A_session_without_names_leaves_the_index_trusted()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        DateTime made = File.GetLastWriteTimeUtc(IndexOf(sample.Path));
        for (int i = 0; i < 2; i++)
        {
            await using ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true);
            sample.Put(writer, BitConverter.GetBytes(i));
        }
        Assert.Equal(made, File.GetLastWriteTimeUtc(IndexOf(sample.Path)));
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    private static async Task HarmAsync(SampleStore sample, string harm)
    {
        string index = IndexOf(sample.Path);
        byte[] bytes = File.ReadAllBytes(index);
        switch (harm)
        {
            case "gone":
                File.Delete(index);
                break;
            case "empty":
                File.WriteAllBytes(index, []);
                break;
            case "text":
                File.WriteAllText(index, "not a database");
                break;
            case "cut":
                File.WriteAllBytes(index, bytes[..5000]);
                break;
            case "zeros":
                bytes.AsSpan(4096, 8192).Clear();
                File.WriteAllBytes(index, bytes);
                break;
            case "stale":
                await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true))
                    sample.Name(writer, "name-late", sample.Names["name-0"]);
                File.WriteAllBytes(index, bytes);
                break;
            case "foreign":
                using (SampleStore other = await SampleStore.MakeAsync(crashed: false, chunks: 20)) File.Copy(IndexOf(other.Path), index, overwrite: true);
                break;
            case "other schema":
                await using (SqliteConnection connection = Connect(sample.Path)) Scalar(connection, "PRAGMA user_version = 99");
                break;
            case "edited":
                await using (SqliteConnection connection = Connect(sample.Path)) Scalar(connection, "DELETE FROM names WHERE name = CAST('name-1' AS BLOB)");
                break;
            case "folder":
                File.Delete(index);
                Directory.CreateDirectory(index);
                File.WriteAllText(Path.Combine(index, "x"), "x");
                break;
            case "hot journal":
                File.WriteAllBytes(index + "-journal", SpecRandom.Bytes(1, 2000));
                break;
        }
    }

    private static string IndexOf(string path) => Path.Combine(path, "names.sqlite");

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={IndexOf(path)};Pooling=false");
        connection.Open();
        return connection;
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long value ? value : -1;
    }
}
