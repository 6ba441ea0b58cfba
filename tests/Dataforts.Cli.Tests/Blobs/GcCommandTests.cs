using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary><c>gc</c>, and what other commands say of what it will do.</summary>
public sealed class GcCommandTests : IDisposable
{
    private readonly StoreCli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task It_removes_what_nothing_keeps_when_its_grace_is_over()
    {
        JsonElement kept = await _cli.PutAsync(SpecRandom.Bytes(1, 300_000), "--name", "kept");
        JsonElement put = await _cli.PutAsync(SpecRandom.Bytes(2, 500_000));
        Assert.False(put.GetProperty("rooted").GetBoolean());
        JsonElement early = await _cli.JsonAsync("gc");
        Assert.Equal(0, early.GetProperty("collectedChunks").GetInt64());
        Assert.True(early.GetProperty("waitingChunks").GetInt64() > 0);
        _cli.Clock.Advance(put.GetProperty("collectableAfter").GetDateTimeOffset() - _cli.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        JsonElement before = await _cli.JsonAsync("store", "info");
        JsonElement dry = await _cli.JsonAsync("gc", "--dry-run");
        JsonElement report = await _cli.JsonAsync("gc");
        Assert.Equal(500_000 + Nodes(put), report.GetProperty("collectedBytes").GetInt64());
        Assert.Equal(dry.ToString(), report.ToString());
        Assert.Equal(before.GetProperty("liveBytes").GetInt64(), report.GetProperty("liveBytes").GetInt64());
        Assert.Equal(before.GetProperty("garbageBytes").GetInt64(), report.GetProperty("garbageBytes").GetInt64());
        Assert.Equal(SpecRandom.Bytes(1, 300_000), await _cli.GetAsync("kept"));
        await _cli.FailsAsync(3, nameof(ErrorKind.BlobNotFound), "get", put.GetProperty("ref").GetString()!);
        Assert.True((await _cli.JsonAsync("store", "compact", "--min-garbage", "0.1")).GetProperty("regainedBytes").GetInt64() > 400_000);
        JsonElement after = await _cli.JsonAsync("store", "info");
        Assert.Equal((0, report.GetProperty("liveChunks").GetInt64()), (after.GetProperty("garbageBytes").GetInt64(), after.GetProperty("chunks").GetInt64()));
        Assert.Equal(0, (await _cli.RunAsync("verify")).ExitCode);
        Assert.NotEqual(JsonValueKind.Undefined, kept.ValueKind);
    }

    [Fact]
    public async Task Without_grace_it_removes_at_once_and_a_name_with_a_time_ends_by_itself()
    {
        await _cli.PutAsync(SpecRandom.Bytes(1, 1000), "--name", "a while", "--expires", "30d");
        await _cli.PutAsync(SpecRandom.Bytes(2, 1000), "--name", "gone");
        Assert.Equal(0, (await _cli.RunAsync("rm", "gone")).ExitCode);
        Assert.Equal(0, (await _cli.JsonAsync("gc")).GetProperty("collectedChunks").GetInt64());
        Assert.Equal(1, (await _cli.JsonAsync("gc", "--now")).GetProperty("collectedChunks").GetInt64());
        Assert.NotNull((await _cli.JsonAsync("ls")).GetProperty("expiresAt").GetString());
        _cli.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, (await _cli.JsonAsync("gc")).GetProperty("collectedChunks").GetInt64());
        JsonElement report = await _cli.JsonAsync("gc", "--now");
        Assert.Equal((1, 0), (report.GetProperty("collectedChunks").GetInt64(), report.GetProperty("liveChunks").GetInt64()));
    }

    [Fact]
    public async Task It_removes_nothing_and_says_why_when_a_node_is_missing()
    {
        JsonElement tree = await _cli.PutAsync(SpecRandom.Bytes(1, 600_000), "--as", "tree", "--chunking", "fixed:4096", "--name", "tree");
        await _cli.PutAsync(SpecRandom.Bytes(2, 1000));
        string root = tree.GetProperty("rootHash").GetString()!;
        await using (ChunkStore store = await ChunkStore.OpenAsync(
            new StoreOptions { Path = _cli.StorePath, Writable = true }, TestContext.Current.CancellationToken))
        {
            Assert.Equal(1, store.Remove([HashOf(root)]));
        }
        CliRun run = await _cli.RunAsync("--json", "gc", "--now");
        Assert.Equal((4, nameof(ErrorKind.ChunkMissing)), (run.ExitCode, run.ErrorKind));
        Assert.Contains(root, run.ErrorText, StringComparison.Ordinal);
        Assert.Contains("tree", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public Task It_makes_no_store() => _cli.FailsAsync(3, nameof(ErrorKind.StoreNotFound), "gc");

    private static BlobHash HashOf(string hex) => BlobHash.TryParse(hex, out BlobHash hash) ? hash : throw new FormatException(hex);

    private static long Nodes(JsonElement put) => put.GetProperty("storedBytes").GetInt64() - put.GetProperty("size").GetInt64();
}
