using System.Text;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;

namespace Dataforts.Cli.Tests.Inspect;

public sealed class TreeCommandTests
{
    [Theory]
    [InlineData(1, 4194304, "ee97bfaf833a08118fc92713511015b2dd27db253f53ead74d652ea3208bd7d3", "1")]
    [InlineData(2, 4194304, "d6a83471f92798747af3e8e132a6b541c7a678b9493be015aeac118dde9fb771", "1")]
    [InlineData(127, 4194304, "97ec756cdf39350e92bd42f7de5865a56e9d4ed631cd26bbee2dd9a226ded95f", "1")]
    [InlineData(128, 4194304, "77f2ec9d8a3e62796ab69e5a54e09d21ca090626cb7a110229680c3544ddf172", "1")]
    [InlineData(129, 4194304, "3319abc10c7f5a2a70feb7a6f3f13fc4dffd707136930ad6b472788051d0f0e5", "2,1")]
    [InlineData(256, 4194304, "78da0e025be4aaf82afdaab71c1a3ff324f050029161b41861f6dc3b15db39a1", "2,1")]
    [InlineData(257, 4194304, "6078a3a7a80f93df15daa5b87c9adfad8ccaffc092a8fb68ff31622c6262c603", "3,1")]
    [InlineData(401, 4194304, "9550240fd750169bb64951111ce5670a8e5b41bd2bf5b4f2f6082aa3015b52d4", "4,1")]
    [InlineData(545, 4194304, "5c53080296cb361fc25b8c6c9fae642e0941dec8b471c4bd58ebee5890dcc1ae", "5,1")]
    [InlineData(12800, 1024, "91f19e2b5e81955a3a8e1ddd0055285d10655eb210bfb33214191c654a4d1a12", "100,1")]
    [InlineData(16384, 1024, "f8e513726083d4d73448db76a8d703d913468e016c3c1ed80e323411a17d038e", "128,1")]
    [InlineData(16385, 1024, "bb172fb61b8d710ffd504289328b8b3ff8c28f19941f09d861ec85bca68ab4f2", "129,2,1")]
    public async Task Published_roots_come_out(int chunks, int size, string root, string nodes)
    {
        CliRun run = await Running.Cli.RunWithInputAsync(Lines(chunks, size), "inspect", "tree");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(root, run.Json.GetProperty("rootHash").GetString());
        Assert.Equal((long)chunks * size, run.Json.GetProperty("size").GetInt64());
        string[] levels = nodes.Split(',');
        Assert.Equal(levels.Length, run.Json.GetProperty("depth").GetInt32());
        Assert.Equal(levels, run.Json.GetProperty("nodesPerLevel").EnumerateArray().Select(n => n.ToString()));
    }

    [Theory]
    [InlineData("", "InvalidArgument")]
    [InlineData("HASH", "InvalidArgument")]
    [InlineData("HASH ", "InvalidArgument")]
    [InlineData("HASH  1", "InvalidArgument")]
    [InlineData("HASH 1 ", "InvalidArgument")]
    [InlineData("HASH -1", "InvalidArgument")]
    [InlineData("HASH 01", "InvalidArgument")]
    [InlineData("HASH 99999999999999999999", "InvalidArgument")]
    [InlineData("HASH 0", "Decode")]
    [InlineData("HASH 16777217", "Decode")]
    [InlineData("HASH 4294967297", "Decode")]
    public async Task A_bad_line_is_answered_and_there_is_no_tree(string line, string kind)
    {
        string input = Lines(1, 5) + line.Replace("HASH", RefVectors.Repeat("ab"), StringComparison.Ordinal) + "\n" + Lines(1, 5);
        CliRun run = await Running.Cli.RunWithInputAsync(input, "inspect", "tree");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Json.GetProperty("line").GetInt32());
        Assert.Equal(kind, run.Json.GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task No_chunks_make_no_tree()
    {
        CliRun run = await Running.Cli.RunWithInputAsync("", "inspect", "tree");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("Decode", run.Json.GetProperty("error").GetProperty("kind").GetString());
    }

    private static string Lines(int chunks, int size)
    {
        var lines = new StringBuilder();
        var bytes = new byte[BlobHash.SizeBytes];
        for (int i = 0; i < chunks; i++)
        {
            (bytes[0], bytes[1], bytes[2]) = ((byte)i, (byte)(i >> 8), (byte)(i >> 16));
            lines.Append(new BlobHash(bytes)).Append(' ').Append(size).Append('\n');
        }
        return lines.ToString();
    }
}
