using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Inspect;

public sealed class ChunksCommandTests
{
    private const string SmallCdc = "cdc:256,1024,4096";

    [Theory]
    [InlineData(null)]
    [InlineData("1")]
    [InlineData("255")]
    [InlineData("4096")]
    [InlineData("1000000000000")]
    public async Task Published_cuts_come_out_however_the_input_is_fed(string? feed)
    {
        string[] feeding = feed is null ? [] : ["--feed", feed];
        CliRun run = await Running.Cli.RunWithInputAsync(SpecRandom.Bytes(2, 16384), ["inspect", "chunks", "-", "--chunking", SmallCdc, .. feeding]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("1177,1868,795,1025,2051,1353,1024,1505,1379,1229,1381,1097,500", Lengths(run));
    }

    [Fact]
    public async Task Roots_offsets_and_hashes_agree_with_the_published_tree()
    {
        byte[] input = SpecRandom.Bytes(0xCD, 262_144);
        CliRun run = await Running.Cli.RunWithInputAsync(input, "inspect", "chunks", "-", "--chunking", "cdc:1024,4096,16384", "--whole-hash");
        JsonElement json = run.Json;
        Assert.Equal("0d559c9fde5aebcc84654671418a18fbc349a573de4f3fa0dd07ad07728c7208", json.GetProperty("rootHash").GetString());
        Assert.Equal(1, json.GetProperty("depth").GetInt32());
        Assert.Equal(input.Length, json.GetProperty("size").GetInt32());
        Assert.Equal(BlobHash.Compute(input).ToHex(), json.GetProperty("hash").GetString());
        Assert.Equal(59, json.GetProperty("chunks").GetArrayLength());
        int offset = 0;
        foreach (JsonElement chunk in json.GetProperty("chunks").EnumerateArray())
        {
            int length = chunk.GetProperty("length").GetInt32();
            Assert.Equal(offset, chunk.GetProperty("offset").GetInt32());
            Assert.Equal(BlobHash.Compute(input.AsSpan(offset, length)).ToHex(), chunk.GetProperty("hash").GetString());
            offset += length;
        }
    }

    [Fact]
    public async Task Production_cuts_of_a_file_come_out()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["a"], SpecRandom.Bytes(42, 64 << 20), TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("inspect", "chunks", folder["a"], "--chunking", "cdc:1048576,4194304,16777216");
        Assert.Equal(
            "6704013,6000959,4885842,2745016,4725610,2500543,6412627,4221931,4739949,6256715,4920228,4250499,7184141,1560791",
            Lengths(run));
        Assert.Equal("2aca5264947403dfe0d3b71002dec7ecd067affcd5d4491810f8e479b3c88bfd", run.Json.GetProperty("rootHash").GetString());
    }

    [Fact]
    public async Task Fixed_alone_is_4_MiB()
    {
        byte[] input = new byte[(8 << 20) + 17];
        for (int i = 0; i < input.Length; i++) input[i] = (byte)(i % 251);
        CliRun run = await Running.Cli.RunWithInputAsync(input, "--json", "inspect", "chunks", "-", "--chunking", "fixed", "--feed", "1000003");
        Assert.Equal("4194304,4194304,17", Lengths(run));
        Assert.Equal(
            "b8bc431da8853a2b07c39acb47ef998044703c152180dcb471999cb3bcf879ec",
            run.Json.GetProperty("chunks")[2].GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Empty_input_has_no_chunks_and_no_root()
    {
        CliRun run = await Running.Cli.RunAsync("inspect", "chunks", "-", "--whole-hash");
        Assert.Equal(0, run.Json.GetProperty("chunks").GetArrayLength());
        Assert.Equal(0, run.Json.GetProperty("size").GetInt32());
        Assert.False(run.Json.TryGetProperty("rootHash", out _));
        Assert.False(run.Json.TryGetProperty("depth", out _));
        Assert.Equal("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", run.Json.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task A_missing_file_exits_3()
    {
        CliRun run = await Running.Cli.RunAsync("--json", "inspect", "chunks", "no/such/file");
        Assert.Equal(3, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal("PathNotFound", run.ErrorKind);
    }

    [Fact]
    public async Task A_file_no_tree_can_hold_exits_6_before_it_is_read()
    {
        using var folder = new TempFolder();
        await using (FileStream file = File.Create(folder["sparse"])) file.SetLength((128L * 128 * 128 * 128) + 1);
        CliRun run = await Running.Cli.RunAsync("--json", "inspect", "chunks", folder["sparse"], "--chunking", "fixed:1");
        Assert.Equal(6, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal("LimitExceeded", run.ErrorKind);
    }

    private static string Lengths(CliRun run) =>
        string.Join(',', run.Json.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetProperty("length").ToString()));
}
