using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary><c>verify</c>, <c>store info</c> and <c>store rebuild</c>: damage that was planted is found, and nothing else is.</summary>
public sealed class VerifyCommandTests
{
    private static readonly byte[] Content = SpecRandom.Bytes(40, 200_000);

    private static string HashOfChunk(int index) => BlobHash.Compute(Content.AsSpan(index * 10_000, 10_000)).ToHex();

    [Fact]
    public async Task A_sound_store_has_exactly_these_fields_and_counts()
    {
        using StoreCli cli = await FilledAsync();
        JsonElement json = await cli.JsonAsync("verify");
        Assert.Equal(["chunks", "bytes", "corrupt", "missing", "damagedFiles"], json.EnumerateObject().Select(p => p.Name));
        JsonElement info = await cli.JsonAsync("store", "info");
        Assert.Equal(21, json.Number("chunks"));
        Assert.Equal((info.Number("chunks"), info.Long("liveBytes")), (json.Number("chunks"), json.Long("bytes")));
        Assert.Equal(json.ToString(), (await cli.JsonAsync("verify", "--scrub")).ToString());
        CliRun plain = await cli.RunAsync("verify");
        Assert.Equal((0, ""), (plain.ExitCode, plain.ErrorText));
    }

    [Fact]
    public async Task A_bit_of_a_chunk_that_turned_over_is_found()
    {
        using StoreCli cli = await FilledAsync();
        await cli.DamageAsync(Content[50_000..60_000]);
        foreach (string[] command in (string[][])[["verify"], ["verify", "--scrub"]])
            await FindsAsync(cli, [HashOfChunk(5)], [], [], command);
        JsonElement stat = await cli.JsonAsync("stat", "tree");
        Assert.Equal((false, HashOfChunk(5)), (stat.GetProperty("present").GetBoolean(), Assert.Single(stat.Texts("corruptChunks"))));
        Assert.Empty(stat.Texts("missingChunks"));
        CliRun plain = await cli.RunAsync("verify");
        Assert.Equal(4, plain.ExitCode);
        Assert.Contains(HashOfChunk(5), plain.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_corrupt_node_is_found_and_what_is_below_it_is_not_counted_as_missing()
    {
        using StoreCli cli = await FilledAsync();
        string root = (await cli.JsonAsync("stat", "tree")).Text("rootHash");
        byte[] node = await cli.GetAsync(StoreCli.HexOf(new SmallRef("", BlobHash.Parse(root), await NodeBytesAsync(cli))));
        await cli.DamageAsync(node);
        await FindsAsync(cli, [root], [], [], "verify");
        await cli.FailsAsync(4, "ChunkCorrupt", "get", "tree");
    }

    [Fact]
    public async Task What_is_missing_below_a_name_or_pin_is_found()
    {
        using StoreCli cli = await FilledAsync();
        BlobHash here = BlobHash.Parse((await cli.PutAsync(new byte[4 << 20], "--as", "small")).Text("hash"));
        ChunkRef Absent(byte index) => new(BlobHash.Compute([index, 1, 2, 3]), 4 << 20);
        ManifestRef Half(byte index) => ManifestRef.Create(default, BlobEncoding.Replicated, [new ChunkRef(here, 4 << 20), Absent(index)]);
        await cli.JsonAsync("name", "set", "half", StoreCli.HexOf(Half(1)));
        await cli.JsonAsync("pin", StoreCli.HexOf(Half(2)));
        await FindsAsync(cli, [], [.. new[] { Absent(1), Absent(2) }.Select(chunk => chunk.Hash.ToHex()).Order(StringComparer.Ordinal)], [], "verify");
        await cli.JsonAsync("rm", "half");
        await cli.JsonAsync("unpin", StoreCli.HexOf(Half(2)));
        await FindsAsync(cli, [], [], [], "verify");
    }

    [Theory]
    [InlineData("extended")]
    [InlineData("shortened")]
    [InlineData("removed")]
    [InlineData("header")]
    [InlineData("added")]
    [InlineData("zeroed")]
    public async Task A_segment_that_is_not_as_the_last_close_left_it_is_found(string how)
    {
        using StoreCli cli = await FilledAsync();
        string segment = Assert.Single(Directory.GetFiles(cli.LogPath));
        string expected = segment;
        byte[] bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        switch (how)
        {
            case "extended":
                bytes = [.. bytes, .. new byte[100]];
                break;
            case "shortened":
                bytes = bytes[..(bytes.Length / 2)];
                break;
            case "header":
                bytes[20] ^= 1;
                break;
            case "zeroed":
                bytes.AsSpan(64 + 64 + 10_000, 64).Clear();
                break;
        }
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        if (how == "removed") File.Delete(segment);
        if (how == "added") File.Copy(segment, expected = segment.Replace("1.segment", "7.segment", StringComparison.Ordinal));
        CliRun run = await cli.RunAsync("--json", "verify");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal([expected], run.Json.Texts("damagedFiles"));
        Assert.Equal(4, (await cli.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task A_checkpoint_that_is_gone_or_damaged_is_found()
    {
        using StoreCli cli = await FilledAsync();
        string checkpoint = Path.Combine(cli.StorePath, "checkpoint");
        byte[] bytes = await File.ReadAllBytesAsync(checkpoint, TestContext.Current.CancellationToken);
        bytes[70] ^= 1;
        await File.WriteAllBytesAsync(checkpoint, bytes, TestContext.Current.CancellationToken);
        await FindsAsync(cli, [], [], [checkpoint], "verify");
        File.Delete(checkpoint);
        await FindsAsync(cli, [], [], [checkpoint], "verify");
        Assert.Equal(Content, await cli.GetAsync("tree"));
        await cli.JsonAsync("store", "rebuild");
        await FindsAsync(cli, [], [], [], "verify");
    }

    [Fact]
    public async Task A_lost_index_of_names_is_found_and_costs_no_name()
    {
        using StoreCli cli = await FilledAsync();
        string index = Path.Combine(cli.StorePath, "names.sqlite");
        File.Delete(index);
        await FindsAsync(cli, [], [], [index], "verify");
        Assert.Equal(2, (await cli.RunAsync("ls")).OutputLines.Length);
        Assert.False(File.Exists(Path.Combine(cli.StorePath, "names.sqlite")));
        await cli.PutAsync([1], "--name", "another");
        Assert.Equal(3, (await cli.RunAsync("ls")).OutputLines.Length);
        await FindsAsync(cli, [], [], [], "verify");
    }

    [Fact]
    public async Task An_index_of_names_that_is_wrong_is_found_and_not_believed()
    {
        using StoreCli cli = await FilledAsync();
        string index = Path.Combine(cli.StorePath, "names.sqlite");
        await File.WriteAllBytesAsync(index, SpecRandom.Bytes(9, 8192), TestContext.Current.CancellationToken);
        await FindsAsync(cli, [], [], [index], "verify");
        Assert.Equal(Content, await cli.GetAsync("tree"));
        await cli.PutAsync([1], "--name", "another");
        await FindsAsync(cli, [], [], [], "verify");
    }

    [Fact]
    public async Task A_record_of_a_name_that_is_damaged_is_found_and_listed()
    {
        using StoreCli cli = await FilledAsync();
        // The record's payload: the name, and behind it the encoded ref.
        string encoded = (await cli.JsonAsync("stat", "small")).Text("encoded");
        await cli.DamageAsync([.. "small"u8, .. Convert.FromHexString(encoded)]);
        CliRun run = await cli.RunAsync("--json", "verify");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal([Assert.Single(Directory.GetFiles(cli.LogPath))], run.Json.Texts("damagedFiles"));
    }

    [Fact]
    public async Task A_store_of_an_unknown_version_is_left_alone()
    {
        using StoreCli cli = await FilledAsync();
        string header = Path.Combine(cli.StorePath, "dataforts.store");
        byte[] bytes = await File.ReadAllBytesAsync(header, TestContext.Current.CancellationToken);
        byte[] other = OfVersion(9, bytes);
        await File.WriteAllBytesAsync(header, other, TestContext.Current.CancellationToken);
        string[] before = cli.Listing();
        foreach (string command in (string[])["verify", "ls", "rm small", "store rebuild"]) await cli.FailsAsync(4, "UnsupportedVersion", command.Split(' '));
        // The lock may have been taken; nothing else has changed.
        Assert.Equal(before.Where(IsContent), cli.Listing().Where(IsContent));
        bytes[30] ^= 1;
        await File.WriteAllBytesAsync(header, bytes, TestContext.Current.CancellationToken);
        await cli.FailsAsync(4, "StoreDamaged", "ls");

        bool IsContent(string line) => !line.StartsWith(cli.StorePath + " ", StringComparison.Ordinal) && !line.Contains("/lock", StringComparison.Ordinal);
    }

    // The first 64 bytes of a file, with the CRC-32C that goes with another version (docs/FORMAT.md).
    private static byte[] OfVersion(byte version, byte[] bytes)
    {
        byte[] other = [.. bytes];
        other[8] = version;
        other.AsSpan(12, 4).Clear();
        uint crc = uint.MaxValue;
        foreach (byte one in other.AsSpan(0, 64)) crc = BitOperations.Crc32C(crc, one);
        BinaryPrimitives.WriteUInt32LittleEndian(other.AsSpan(12), ~crc);
        return other;
    }

    [Fact]
    public async Task A_rebuilt_store_has_what_it_had()
    {
        using StoreCli cli = await FilledAsync();
        await cli.PutAsync(Content, "--as", "manifest", "--content-hash", "--name", "manifest");
        await cli.JsonAsync("pin", (await cli.JsonAsync("stat", "tree")).Text("text"));
        string names = (await cli.RunAsync("--json", "ls")).OutputText;
        string pins = (await cli.RunAsync("--json", "pins")).OutputText;
        JsonElement info = await cli.JsonAsync("store", "info");
        JsonElement rebuilt = await cli.JsonAsync("store", "rebuild");
        Assert.Equal(info.Number("chunks"), rebuilt.Number("chunks"));
        Assert.Equal(names, (await cli.RunAsync("--json", "ls")).OutputText);
        Assert.Equal(pins, (await cli.RunAsync("--json", "pins")).OutputText);
        Assert.Equal(BlobHash.Compute(Content).ToHex(), (await cli.JsonAsync("stat", "manifest")).Text("contentHash"));
        await FindsAsync(cli, [], [], [], "verify");
    }

    [Fact]
    public async Task A_rebuild_gives_a_damaged_chunk_up_so_that_it_can_be_put_again()
    {
        using StoreCli cli = await FilledAsync();
        await cli.DamageAsync(Content[50_000..60_000]);
        await cli.JsonAsync("store", "rebuild");
        await FindsAsync(cli, [], [HashOfChunk(5)], [], "verify");
        await cli.PutAsync(Content, "--as", "tree", "--chunking", "fixed:10000");
        await FindsAsync(cli, [], [], [], "verify");
        Assert.Equal(Content, await cli.GetAsync("tree"));
    }

    [Fact]
    public async Task Info_has_its_fields()
    {
        using StoreCli cli = await FilledAsync();
        JsonElement info = await cli.JsonAsync("store", "info");
        Assert.Equal(cli.StorePath, info.Text("path"));
        Assert.Equal((21, 1, 0), (info.Number("chunks"), info.Number("segments"), info.Number("garbageBytes")));
        Assert.Equal("cdc:16384,65536,262144", info.Text("profile"));
        Assert.Equal(new FileInfo(Directory.GetFiles(cli.LogPath)[0]).Length, info.Long("diskBytes"));
        Assert.InRange(info.Long("liveBytes"), Content.Length, info.Long("diskBytes"));
    }

    private static async Task<StoreCli> FilledAsync()
    {
        var cli = new StoreCli();
        await cli.PutAsync(Content, "--as", "tree", "--chunking", "fixed:10000", "--name", "tree");
        await cli.PutAsync(Content[..10_000], "--as", "small", "--name", "small");
        return cli;
    }

    private static async Task<ulong> NodeBytesAsync(StoreCli cli) =>
        (ulong)((await cli.JsonAsync("store", "info")).Long("liveBytes") - Content.Length);

    private static async Task FindsAsync(StoreCli cli, string[] corrupt, string[] missing, string[] damagedFiles, params string[] command)
    {
        CliRun run = await cli.RunAsync(["--json", .. command]);
        Assert.Equal((corrupt, missing, damagedFiles), (run.Json.Texts("corrupt"), run.Json.Texts("missing"), run.Json.Texts("damagedFiles")), Same);
        Assert.Equal(corrupt.Length + missing.Length + damagedFiles.Length == 0 ? 0 : 4, run.ExitCode);
        Assert.Equal("", run.ErrorText);
    }

    private static bool Same((string[] Corrupt, string[] Missing, string[] Files) x, (string[] Corrupt, string[] Missing, string[] Files) y) =>
        x.Corrupt.SequenceEqual(y.Corrupt) && x.Missing.SequenceEqual(y.Missing) && x.Files.SequenceEqual(y.Files);
}
