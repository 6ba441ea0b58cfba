using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>What <c>put</c> says of what it stored.</summary>
public sealed class PutCommandTests
{
    private const string Production = "cdc:1048576,4194304,16777216";

    private static readonly byte[] NineMebibytes = SpecRandom.Bytes(1, 9 << 20);

    [Fact]
    public async Task A_small_blob_has_exactly_its_fields()
    {
        using var cli = new StoreCli();
        JsonElement json = await cli.PutAsync("the lazy dog"u8.ToArray(), "--uri", "file:///x", "--name", "dog");
        Assert.Equal(
            ["ref", "encoded", "kind", "size", "chunks", "storedBytes", "dedupedBytes", "hash", "name", "rooted"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("b0b1b2b3017a29f463de505a59fc1a704cb1748676e1845efeeb7010d555cf4c4c2a3f9ac70c0000000000000066696c653a2f2f2f78", json.Text("encoded"));
        Assert.Equal("small", json.Text("kind"));
        Assert.Equal("7a29f463de505a59fc1a704cb1748676e1845efeeb7010d555cf4c4c2a3f9ac7", json.Text("hash"));
        Assert.Equal((12, 1, 12, 0), (json.Number("size"), json.Number("chunks"), json.Number("storedBytes"), json.Number("dedupedBytes")));
        Assert.Equal("dog", json.Text("name"));
        Assert.True(json.GetProperty("rooted").GetBoolean());
        Assert.StartsWith("df1-", json.Text("ref"), StringComparison.Ordinal);
        Assert.InRange(json.Text("ref").Length, 5, 199);
    }

    [Fact]
    public async Task A_tree_of_the_published_payload_has_the_published_ref()
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("a", NineMebibytes);
        foreach (string chunking in (string[])["fixed:4194304", "fixed"])
        {
            JsonElement json = await cli.JsonAsync("put", path, "--chunking", chunking);
            Assert.Equal(
                "b0b1b2b30301476d6573683a2f2f36393338393064383733376130373161363762333832643135333338353030326337633737633466653139393332"
                + "30313338323239316534623563663236636300693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc8080c00401",
                json.Text("encoded"));
            Assert.Equal("693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc", json.Text("rootHash"));
            Assert.Equal((1, 3, 9 << 20), (json.Number("depth"), json.Number("chunks"), json.Number("size")));
            Assert.False(json.TryGetProperty("hash", out _));
        }
    }

    [Fact]
    public async Task A_manifest_of_the_published_payload_has_the_published_ref()
    {
        using var cli = new StoreCli();
        foreach (string[] chunking in (string[][])[[], ["--chunking", "auto"], ["--chunking", "fixed"], ["--chunking", "fixed:4194304"]])
        {
            JsonElement json = await cli.PutAsync(NineMebibytes, ["--as", "manifest", .. chunking]);
            Assert.Equal(
                "b0b1b2b30201476d6573683a2f2f64643036386635626564666463396631366331643430616637653765343963313837323734316463376466323861"
                + "64323331363861303562653230373232303400030b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd8080800286aa4b2a"
                + "90bc9df4e622411c5c88723a802e2548a023f90d7691dd5ee9d2ce5680808002cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2e"
                + "bbb2eeeb8080408080c004",
                json.Text("encoded"));
            Assert.Equal(("manifest", 3), (json.Text("kind"), json.Number("chunks")));
            Assert.False(json.TryGetProperty("hash", out _) || json.TryGetProperty("rootHash", out _) || json.TryGetProperty("depth", out _));
            // The text names the stored chunk that holds the encoding; through it the store gives everything back.
            Assert.Equal(NineMebibytes, await cli.GetAsync(json.Text("ref")));
            Assert.Equal(json.Text("encoded"), (await cli.JsonAsync("stat", json.Text("ref"))).Text("encoded"));
        }
    }

    [Fact]
    public async Task Production_cuts_give_the_published_root()
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("a", SpecRandom.Bytes(42, 64 << 20));
        JsonElement json = await cli.JsonAsync("put", path, "--chunking", Production);
        Assert.Equal("2aca5264947403dfe0d3b71002dec7ecd067affcd5d4491810f8e479b3c88bfd", json.Text("rootHash"));
        Assert.Equal((1, 14), (json.Number("depth"), json.Number("chunks")));
    }

    [Theory]
    [InlineData(0xCDul, 262_144, "cdc:1024,4096,16384", "0d559c9fde5aebcc84654671418a18fbc349a573de4f3fa0dd07ad07728c7208", 59, 1)]
    [InlineData(0xC0ul, 16 << 20, "fixed:8192", "aeea0ea9a9afef50584638d1558e106cb6dde9558a67c577848a314361941b40", 2048, 2)]
    [InlineData(0xC0ul, 4096, "fixed:1024", "8c6b6671805fb2616eeec32c01577bf12c6a29220ef17def0ed875b3a7ca462d", 4, 1)]
    public async Task Roots_are_those_published_and_those_inspect_finds(ulong seed, int length, string chunking, string root, int chunks, int depth)
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(seed, length);
        JsonElement put = await cli.PutAsync(content, "--as", "tree", "--chunking", chunking);
        CliRun inspect = await cli.FeedAsync(content, "inspect", "chunks", "-", "--chunking", chunking);
        Assert.Equal((root, depth, chunks), (put.Text("rootHash"), put.Number("depth"), put.Number("chunks")));
        Assert.Equal((root, depth, chunks), (inspect.Json.Text("rootHash"), inspect.Json.Number("depth"), inspect.Json.GetProperty("chunks").GetArrayLength()));
        Assert.Equal(content, await cli.GetAsync(put.Text("ref")));
    }

    [Fact]
    public async Task Stored_bytes_are_payload_and_nodes_and_no_overhead()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(0xC0, 16 << 20);
        JsonElement first = await cli.PutAsync(content, "--chunking", "fixed:8192");
        // 16 leaves of 128 chunks each, an entry being hash, size and role, and the published root of 562 bytes.
        Assert.Equal((16 * (3 + (128 * 35))) + 562, first.Long("storedBytes") - content.Length);
        Assert.Equal(0, first.Long("dedupedBytes"));
        JsonElement second = await cli.PutAsync(content, "--chunking", "fixed:8192");
        Assert.Equal((0L, (long)content.Length), (second.Long("storedBytes"), second.Long("dedupedBytes")));
        Assert.Equal(first.Text("ref"), second.Text("ref"));
    }

    [Fact]
    public async Task What_is_known_is_counted_as_deduped()
    {
        using var cli = new StoreCli();
        JsonElement zeros = await cli.PutAsync(new byte[40_000], "--as", "tree", "--chunking", "fixed:10000");
        Assert.Equal((4L, 30_000L), (zeros.Long("chunks"), zeros.Long("dedupedBytes")));
    }

    [Theory]
    [InlineData(0, "small")]
    [InlineData(1, "small")]
    [InlineData(262_144, "small")]
    [InlineData(262_145, "tree")]
    public async Task Auto_is_small_up_to_one_chunk_and_a_tree_beyond(int length, string kind)
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(5, length);
        string path = await cli.WriteAsync("a", content);
        JsonElement piped = await cli.PutAsync(content, "--chunking", "fixed:262144");
        JsonElement file = await cli.JsonAsync("put", path, "--chunking", "fixed:262144");
        Assert.Equal((kind, kind), (piped.Text("kind"), file.Text("kind")));
        Assert.Equal(piped.Text("encoded"), file.Text("encoded"));
        Assert.Equal(content, await cli.GetAsync(file.Text("encoded")));
    }

    [Fact]
    public async Task The_default_uri_is_mesh_and_the_hash_that_identifies()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(6, 300_000);
        string whole = BlobHash.Compute(content).ToHex();
        JsonElement small = await cli.JsonAsync("stat", (await cli.PutAsync(content, "--as", "small")).Text("ref"));
        JsonElement manifest = await cli.JsonAsync("stat", (await cli.PutAsync(content, "--as", "manifest")).Text("ref"));
        JsonElement tree = await cli.JsonAsync("stat", (await cli.PutAsync(content, "--as", "tree")).Text("ref"));
        Assert.Equal($"mesh://{whole}", small.Text("uri"));
        Assert.Equal($"mesh://{whole}", manifest.Text("uri"));
        Assert.Equal($"mesh://{tree.Text("rootHash")}", tree.Text("uri"));
    }

    [Fact]
    public async Task What_nothing_keeps_says_so_and_until_when()
    {
        using var cli = new StoreCli();
        JsonElement json = await cli.PutAsync("x"u8.ToArray());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("name").ValueKind);
        Assert.False(json.GetProperty("rooted").GetBoolean());
        DateTimeOffset after = DateTimeOffset.Parse(json.Text("collectableAfter"), CultureInfo.InvariantCulture);
        Assert.InRange(after, cli.Clock.GetUtcNow().AddHours(24).AddSeconds(-1), cli.Clock.GetUtcNow().AddHours(24));
        CliRun plain = await cli.FeedAsync("x"u8.ToArray(), "put", "-");
        Assert.Equal(json.Text("ref") + "\n", plain.OutputText);
        Assert.Contains("may be collected after", Assert.Single(plain.ErrorLines), StringComparison.Ordinal);
        Assert.Empty((await cli.FeedAsync("x"u8.ToArray(), "put", "-", "--quiet")).Error);
        Assert.Empty((await cli.FeedAsync("x"u8.ToArray(), "put", "-", "--name", "n")).Error);
        // A name that stands for the same ref keeps it, whichever put set it.
        Assert.True((await cli.PutAsync("x"u8.ToArray())).GetProperty("rooted").GetBoolean());
    }

    [Fact]
    public async Task A_pin_keeps_as_a_name_does()
    {
        using var cli = new StoreCli();
        string text = (await cli.PutAsync("x"u8.ToArray())).Text("ref");
        await cli.JsonAsync("pin", text);
        Assert.True((await cli.PutAsync("x"u8.ToArray())).GetProperty("rooted").GetBoolean());
        await cli.JsonAsync("unpin", text);
        Assert.False((await cli.PutAsync("x"u8.ToArray())).GetProperty("rooted").GetBoolean());
    }

    [Fact]
    public async Task A_name_is_replaced_unless_it_is_to_be_absent()
    {
        using var cli = new StoreCli();
        await cli.PutAsync("one"u8.ToArray(), "--name", "n");
        CliRun taken = await cli.FeedAsync("two"u8.ToArray(), "--json", "put", "-", "--name", "n", "--if-absent");
        Assert.Equal((1, "Exists", ""), (taken.ExitCode, taken.ErrorKind, taken.OutputText));
        Assert.Equal("one"u8.ToArray(), await cli.GetAsync("n"));
        await cli.PutAsync("two"u8.ToArray(), "--name", "n");
        Assert.Equal("two"u8.ToArray(), await cli.GetAsync("n"));
        await cli.PutAsync("three"u8.ToArray(), "--name", "m", "--if-absent");
        Assert.Equal("three"u8.ToArray(), await cli.GetAsync("m"));
    }

    [Fact]
    public async Task A_content_hash_is_kept_when_asked_for()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(7, 300_000);
        foreach (string shape in (string[])["tree", "manifest"])
        {
            string text = (await cli.PutAsync(content, "--as", shape)).Text("ref");
            Assert.False((await cli.JsonAsync("stat", text)).TryGetProperty("contentHash", out _));
            await cli.PutAsync(content, "--as", shape, "--content-hash");
            Assert.Equal(BlobHash.Compute(content).ToHex(), (await cli.JsonAsync("stat", text)).Text("contentHash"));
        }
    }

    [Fact]
    public async Task Durable_blobs_come_back_too()
    {
        using var cli = new StoreCli();
        await cli.PutAsync("x"u8.ToArray(), "--durability", "durable", "--name", "d");
        await cli.PutAsync("y"u8.ToArray(), "--durability", "buffered", "--name", "b");
        Assert.Equal("xy"u8.ToArray(), (await cli.RunAsync("cat", "d", "b")).Output);
    }

    [Fact]
    public async Task Options_stand_before_and_behind()
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("-odd name", Encoding.UTF8.GetBytes("odd"));
        string here = cli["elsewhere"];
        CliRun before = await cli.RunAsync("--store", here, "--json", "--quiet", "--lock-timeout", "1.5", "put", "--name", "n", path);
        CliRun behind = await cli.RunAsync("put", path, "--name", "n", "--lock-timeout", "1.5", "--quiet", "--json", "--store", here);
        Assert.Equal((0, 0), (before.ExitCode, behind.ExitCode));
        Assert.Equal(before.Json.Text("ref"), behind.Json.Text("ref"));
        Assert.False(Directory.Exists(cli.StorePath));
        Assert.Equal("odd"u8.ToArray(), (await cli.RunAsync("get", "n", "--store", here)).Output);
    }

    [Fact]
    public async Task Files_of_no_size_and_devices_are_read_to_their_end()
    {
        Assert.SkipWhen(!File.Exists("/proc/version"), "There is no /proc here.");
        using var cli = new StoreCli();
        await cli.JsonAsync("put", "/proc/version", "--name", "version");
        Assert.Equal(await File.ReadAllBytesAsync("/proc/version", TestContext.Current.CancellationToken), await cli.GetAsync("version"));
        Assert.Equal(0, (await cli.JsonAsync("put", "/dev/null")).Number("size"));
    }

    [Fact]
    public async Task A_pipe_is_read_to_its_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes of this sort.");
        using var cli = new StoreCli();
        CliRun run = await cli.ShellAsync("mkfifo pipe; (printf abc; sleep 0.2; printf def) > pipe & cli --json put pipe --name n; cli get n");
        Assert.Equal((0, 6, "abcdef"), (run.ExitCode, run.JsonLine(0).Number("size"), run.OutputLines[1]));
    }

    [Fact]
    public async Task A_segment_of_the_store_can_be_put_into_it()
    {
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(8, 3_000_000));
        string segment = Assert.Single(Directory.GetFiles(cli.LogPath, "*.segment"));
        byte[] before = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        Assert.Equal(before.Length, (await cli.JsonAsync("put", segment, "--name", "self")).Number("size"));
        Assert.Equal(before, await cli.GetAsync("self"));
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
    }
}
