using System.Text;
using Dataforts.Simulation.Caching.Traces;

namespace Dataforts.Simulation.Caching;

public sealed class TraceReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("0 1 2", "0 1 2")]
    [InlineData("0 1 2\n3 4 5\r\n", "0 1 2", "3 4 5")]
    [InlineData("  0\t1  2 \n", "0 1 2")]
    [InlineData("18446744073709551615 18446744073709551615 18446744073709551615\n", "18446744073709551615 18446744073709551615 18446744073709551615")]
    public async Task Lines_are_three_numbers(string text, params string[] requests) => Assert.Equal(requests, await ReadAsync(text, 7));

    [Theory]
    [InlineData("0 1 2\n0 1\n", 2, "SIZE")]
    [InlineData("0 1 2\n\n0 1 2\n", 2, "TIME")]
    [InlineData("0 -1 2\n", 1, "KEY")]
    [InlineData("0 1 2 3\n", 1, "follows")]
    [InlineData("0 1 2x\n", 1, "SIZE")]
    [InlineData("0 1 18446744073709551616\n", 1, "above")]
    [InlineData("0 1 99999999999999999999\n", 1, "above")]
    [InlineData("# no comments\n", 1, "TIME")]
    public async Task A_malformed_line_is_named(string text, long line, string reason)
    {
        TraceFormatException error = await Assert.ThrowsAsync<TraceFormatException>(() => ReadAsync(text, 100));
        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_not_held()
    {
        TraceFormatException error = await Assert.ThrowsAsync<TraceFormatException>(() => ReadAsync("1 2 3\n" + new string(' ', 1 << 20), 100));
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public async Task Blocks_and_buffers_do_not_show()
    {
        string text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i} {i * 7} {i % 100}\n"));
        string[] lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal(lines, await ReadAsync(text, 1009));
        Assert.Equal(lines, await ReadAsync(text, 100_000));
    }

    private static async Task<string[]> ReadAsync(string text, int block)
    {
        var reader = new TraceReader(new MemoryStream(Encoding.ASCII.GetBytes(text)));
        var requests = new TraceRequest[block];
        var read = new List<string>();
        for (int count; (count = await reader.ReadAsync(requests, TestContext.Current.CancellationToken)) > 0;)
            read.AddRange(requests.Take(count).Select(request => $"{request.Time} {request.Key} {request.SizeBytes}"));
        return [.. read];
    }
}
