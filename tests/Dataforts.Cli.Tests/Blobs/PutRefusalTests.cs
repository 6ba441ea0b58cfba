using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>What <c>put</c> refuses, and that nothing of it is left.</summary>
public sealed class PutRefusalTests
{
    [Theory]
    [InlineData("--as bogus")]
    [InlineData("--as Small")]
    [InlineData("--chunking bogus")]
    [InlineData("--chunking fixed:0")]
    [InlineData("--chunking fixed:16777217")]
    [InlineData("--chunking cdc:1,2,3")]
    [InlineData("--chunking cdc:4096,1024,16384")]
    [InlineData("--as small --chunking bogus")]
    [InlineData("--as manifest --chunking cdc")]
    [InlineData("--as manifest --chunking fixed:4096")]
    [InlineData("--as manifest --chunking fixed:4194305")]
    [InlineData("--as small --encoding rs:4,2")]
    [InlineData("--as manifest --encoding rs:4,2")]
    [InlineData("--encoding rs:0,2")]
    [InlineData("--encoding rs:100,100")]
    [InlineData("--encoding raid")]
    [InlineData("--durability volatile")]
    [InlineData("--expires 30d")]
    [InlineData("--if-absent")]
    [InlineData("--name n --expires 30")]
    [InlineData("--name n --expires 0d")]
    [InlineData("--name n --expires -1d")]
    [InlineData("--name -")]
    [InlineData("--name df1-x")]
    [InlineData("--name b0b1b2b3")]
    [InlineData("--name b0b1b2b3-and-more")]
    [InlineData("--name n --name m")]
    [InlineData("--bogus")]
    [InlineData("surplus")]
    public async Task What_does_not_fit_together_exits_2_and_makes_no_store(string options)
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("a", [1, 2, 3]);
        await cli.FailsAsync(2, "InvalidArgument", ["put", path, .. options.Split(' ')]);
        Assert.False(Directory.Exists(cli.StorePath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tab\tbed")]
    [InlineData("line\nfeed")]
    [InlineData("\u007f")]
    [InlineData("\u0085")]
    [InlineData("\0")]
    public async Task A_name_that_is_none_exits_2(string name)
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("a", [1, 2, 3]);
        await cli.FailsAsync(2, "InvalidArgument", "put", path, "--name", name);
        await cli.FailsAsync(2, "InvalidArgument", "get", name);
        await cli.FailsAsync(2, "InvalidArgument", "rm", name);
        Assert.False(Directory.Exists(cli.StorePath));
    }

    [Theory]
    [InlineData("n", 1024, 0)]
    [InlineData("n", 1025, 2)]
    [InlineData("é", 512, 0)]
    [InlineData("é", 513, 2)]
    [InlineData("😀", 256, 0)]
    [InlineData("😀", 257, 2)]
    public async Task A_name_has_up_to_1024_bytes(string part, int times, int exitCode)
    {
        using var cli = new StoreCli();
        string name = string.Concat(Enumerable.Repeat(part, times));
        Assert.Equal(exitCode, (await cli.FeedAsync([1], "put", "-", "--name", name)).ExitCode);
        if (exitCode == 0) Assert.Equal([1], await cli.GetAsync(name));
    }

    [Theory]
    [InlineData("df1")]
    [InlineData("DF1-x")]
    [InlineData("b0b1b2")]
    [InlineData("B0B1B2B3")]
    [InlineData("xdf1-")]
    [InlineData("--")]
    [InlineData("a/b:c*?")]
    [InlineData("@file")]
    [InlineData(" ")]
    [InlineData("ü日本\u202e😀")]
    public async Task What_only_resembles_a_ref_is_a_name(string name)
    {
        using var cli = new StoreCli();
        await cli.PutAsync([1, 2], $"--name={name}");
        Assert.Equal([1, 2], await cli.GetAsync("--", name));
        Assert.Equal(name, (await cli.JsonAsync("ls")).Text("name"));
        await cli.JsonAsync("rm", "--", name);
    }

    [Fact]
    public async Task An_input_that_is_not_there_exits_3_and_makes_no_store()
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(3, "PathNotFound", "put", cli["absent"]);
        await cli.FailsAsync(3, "PathNotFound", "put", Path.Combine(await cli.WriteAsync("a", []), "below-a-file"));
        await cli.FailsAsync(2, "InvalidArgument", "put", Path.GetDirectoryName(cli["x"])!);
        Assert.False(Directory.Exists(cli.StorePath));
    }

    [Theory]
    [InlineData("tree")]
    [InlineData("manifest")]
    public async Task Nothing_cannot_be_a_tree_or_a_manifest(string shape)
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("a", []);
        await cli.FailsAsync(2, "InvalidArgument", "put", path, "--as", shape);
        await cli.FailsAsync(2, "InvalidArgument", "put", "-", "--as", shape, "--name", "n");
        Assert.Equal(0, (await cli.PutAsync([])).Number("size"));
        Assert.Equal((1, 0), ((await cli.JsonAsync("store", "info")).Number("chunks"), (await cli.RunAsync("ls")).Output.Length));
    }

    [Fact]
    public async Task A_small_blob_has_at_most_16_MiB()
    {
        using var cli = new StoreCli();
        byte[] content = new byte[(16 << 20) + 1];
        string path = await cli.WriteAsync("a", content);
        await cli.FailsAsync(6, "LimitExceeded", "put", path, "--as", "small", "--name", "n");
        CliRun piped = await cli.FeedAsync(content, "--json", "put", "-", "--as", "small");
        Assert.Equal((6, "LimitExceeded", ""), (piped.ExitCode, piped.ErrorKind, piped.OutputText));
        Assert.Equal(0, (await cli.JsonAsync("store", "info")).Number("chunks"));
        Assert.Equal(16 << 20, (await cli.PutAsync(content[1..], "--as", "small", "--chunking", "fixed:64")).Number("size"));
    }

    [Fact]
    public async Task What_cannot_fit_a_tree_is_refused_before_anything_is_stored()
    {
        using var cli = new StoreCli();
        using (FileStream sparse = File.Create(cli["sparse"])) sparse.SetLength(40L << 30);
        await cli.FailsAsync(6, "LimitExceeded", "put", cli["sparse"], "--chunking", "fixed:64", "--name", "n");
        await cli.FailsAsync(6, "LimitExceeded", "put", cli["sparse"], "--as", "manifest");
        Assert.Equal(0, (await cli.JsonAsync("store", "info")).Number("chunks"));
        Assert.Empty((await cli.RunAsync("ls")).Output);
    }

    [Fact]
    public async Task A_uri_that_no_ref_can_carry_is_refused_before_anything_is_stored()
    {
        using var cli = new StoreCli();
        string path = await cli.WriteAsync("a", SpecRandom.Bytes(1, 100_000));
        CliRun run = await cli.RunAsync("--json", "put", path, "--as", "tree", "--uri", new string('u', 2000));
        Assert.Equal((2, "Decode", ""), (run.ExitCode, run.ErrorKind, run.OutputText));
        Assert.Equal(0, (await cli.JsonAsync("store", "info")).Number("chunks"));
        string small = (await cli.PutAsync([1], "--as", "small", "--uri", new string('u', 2000))).Text("encoded");
        Assert.Equal(new string('u', 2000), (await cli.JsonAsync("stat", small)).Text("uri"));
    }
}
