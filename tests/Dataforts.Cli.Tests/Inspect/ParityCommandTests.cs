using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Inspect;

public sealed class ParityCommandTests
{
    [Fact]
    public async Task Parity_of_shards_of_different_lengths_is_the_published_one()
    {
        using var folder = new TempFolder();
        string[] paths = [.. new[] { 100, 256, 73, 9 }.Select((length, i) =>
        {
            string path = folder[$"shard-{i}"];
            File.WriteAllBytes(path, SpecRandom.Bytes((ulong)i, length));
            return path;
        })];
        CliRun run = await Running.Cli.RunAsync(["inspect", "parity", "--rs", "4,2", .. paths]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        Assert.Equal(256, run.Json.GetProperty("shardLength").GetInt32());
        JsonElement[] parity = [.. run.Json.GetProperty("parity").EnumerateArray()];
        Assert.Equal(2, parity.Length);
        Assert.Equal("01be35ef7c59e6b6741b085af1f0c010428f8fafdf9babff936283ad23f8bbc9", parity[0].GetProperty("hash").GetString());
        Assert.Equal("7e88ceccf34c5125d91add674f7eb8e30aa3a27f01b2c2a9b74673236249b004", parity[1].GetProperty("hash").GetString());
        Assert.Equal(32, parity[0].GetProperty("first16").GetString()!.Length);
    }

    [Theory]
    [InlineData("--rs 3,2 A A")]
    [InlineData("--rs 1,1 A A")]
    [InlineData("A")]
    [InlineData("--rs 0,2 A")]
    [InlineData("--rs 127,2 A")]
    [InlineData("--rs two A")]
    [InlineData("--rs 1,1 EMPTY")]
    public async Task What_is_no_stripe_is_a_usage_error(string args)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["A"], [1], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["EMPTY"], [], TestContext.Current.CancellationToken);
        string[] typed = [.. args.Split(' ').Select(word => word is "A" or "EMPTY" ? folder[word] : word)];
        CliRun run = await Running.Cli.RunAsync(["inspect", "parity", .. typed]);
        Assert.Equal((2, ""), (run.ExitCode, run.OutputText));
    }

    [Fact]
    public async Task A_shard_that_is_not_there_is_named_and_one_that_is_too_long_is_over_a_limit()
    {
        using var folder = new TempFolder();
        CliRun absent = await Running.Cli.RunAsync("inspect", "parity", "--rs", "1,1", folder["none"]);
        Assert.Equal(3, absent.ExitCode);
        using (FileStream file = File.Create(folder["long"])) file.SetLength((16 << 20) + 1);
        CliRun tooLong = await Running.Cli.RunAsync("inspect", "parity", "--rs", "1,1", folder["long"]);
        Assert.Equal(6, tooLong.ExitCode);
    }
}
