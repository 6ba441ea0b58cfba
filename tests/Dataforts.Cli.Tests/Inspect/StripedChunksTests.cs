using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Inspect;

/// <summary><c>inspect chunks --encoding rs:K,M</c>.</summary>
public sealed class StripedChunksTests
{
    private const string SmallCdc = "cdc:256,1024,4096";

    [Theory]
    [InlineData(0xC9UL, 12, "fixed:1024", 12, "4862646f030f4273d56727cb84214e140fa8e8d3aae33e6c3d94e77a0478d881")]
    [InlineData(0xE0UL, 24, SmallCdc, 22, "30929567f8ce27198718b7a2da98102c3f66825df7c569fc36bcafbee33d07b3")]
    [InlineData(0xE1UL, 24, SmallCdc, 24, "e88120bb515206f8112d11d2aeeffc0099808a3fdad8a6f04ee41fde347d7691")]
    [InlineData(0xE2UL, 16, SmallCdc, 13, "c54649aac93e88fddd7b5565a9e40b9e6ce3c28fd2a857b3067b0bd75f10bfd0")]
    public async Task With_a_replicated_tail_roots_are_the_published_ones(ulong seed, int kibibytes, string chunking, int chunks, string root)
    {
        CliRun run = await RunAsync(SpecRandom.Bytes(seed, kibibytes << 10), chunking, "rs:3,2", "--rs-tail", "replicated");
        Assert.Equal(root, run.Json.GetProperty("rootHash").GetString());
        Assert.Equal(2, run.Json.GetProperty("depth").GetInt32());
        Assert.Equal(chunks, run.Json.GetProperty("chunks").GetArrayLength());
    }

    [Fact]
    public async Task A_protected_tail_is_the_default_and_gives_another_root_where_there_is_one()
    {
        byte[] input = SpecRandom.Bytes(0xE0, 24 << 10);
        CliRun byDefault = await RunAsync(input, SmallCdc, "rs:3,2");
        CliRun asked = await RunAsync(input, SmallCdc, "rs:3,2", "--rs-tail", "protected");
        Assert.Equal(byDefault.OutputText, asked.OutputText);
        Assert.NotEqual("30929567f8ce27198718b7a2da98102c3f66825df7c569fc36bcafbee33d07b3", asked.Json.GetProperty("rootHash").GetString());
    }

    [Fact]
    public async Task What_would_be_one_chunk_is_cut_in_two_and_none_has_no_root()
    {
        CliRun one = await RunAsync(SpecRandom.Bytes(1, 501), "fixed", "rs:10,4");
        Assert.Equal([251, 250], one.Json.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetProperty("length").GetInt32()));
        CliRun full = await RunAsync(SpecRandom.Bytes(1, 1024), "fixed:1024", "rs:10,4");
        Assert.Equal([512, 512], full.Json.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetProperty("length").GetInt32()));
        CliRun none = await RunAsync([], "fixed", "rs:10,4");
        Assert.False(none.Json.TryGetProperty("rootHash", out _));
        Assert.Equal(0, none.Json.GetProperty("chunks").GetArrayLength());
    }

    [Fact]
    public async Task A_tail_without_stripes_is_a_usage_error()
    {
        CliRun run = await Running.Cli.RunWithInputAsync([1], "inspect", "chunks", "-", "--rs-tail", "protected");
        Assert.Equal(2, run.ExitCode);
    }

    private static async Task<CliRun> RunAsync(byte[] input, string chunking, string encoding, params string[] more)
    {
        CliRun run = await Running.Cli.RunWithInputAsync(input, ["inspect", "chunks", "-", "--chunking", chunking, "--encoding", encoding, .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return run;
    }
}
