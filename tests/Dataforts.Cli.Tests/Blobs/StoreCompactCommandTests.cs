using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

public sealed class StoreCompactCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Room_is_regained_and_what_lives_stays()
    {
        using var cli = new StoreCli();
        byte[] kept = SpecRandom.Bytes(60, 3_000_000);
        await cli.PutAsync(kept, "--name", "kept", "--as", "tree");
        await PutAndRemoveAsync(cli, SpecRandom.Bytes(61, 4_000_000));
        JsonElement before = await cli.JsonAsync("store", "info");
        Assert.True(before.GetProperty("garbageBytes").GetInt64() >= 4_000_000);
        JsonElement none = await cli.JsonAsync("store", "compact", "--min-garbage", "1");
        Assert.Equal((0, 0), (none.GetProperty("segments").GetInt32(), none.GetProperty("regainedBytes").GetInt64()));
        // A pace is kept by the clock: in a process of its own, whose clock goes.
        JsonElement done = (await cli.RunProcessAsync("--json", "store", "compact", "--min-garbage", "0.4", "--rate", "1GiB")).Json;
        Assert.Equal((1, 0), (done.GetProperty("segments").GetInt32(), done.GetProperty("skippedSegments").GetInt32()));
        Assert.InRange(done.GetProperty("copiedBytes").GetInt64(), 3_000_000, 3_100_000);
        Assert.InRange(done.GetProperty("regainedBytes").GetInt64(), 4_000_000, 4_100_000);
        JsonElement after = await cli.JsonAsync("store", "info");
        Assert.Equal(0, after.GetProperty("garbageBytes").GetInt64());
        Assert.True(before.GetProperty("diskBytes").GetInt64() - after.GetProperty("diskBytes").GetInt64() >= 3_900_000);
        Assert.False(after.TryGetProperty("givenUp", out _) || after.TryGetProperty("refusals", out _));
        Assert.Equal(kept, await cli.GetAsync("kept"));
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
        CliRun again = await cli.RunAsync("store", "compact");
        Assert.Equal((0, "0 bytes regained and 0 copied, 0 segments rewritten\n"), (again.ExitCode, again.OutputText));
    }

    [Fact]
    public async Task A_segment_that_cannot_be_read_stays_and_exits_4()
    {
        using var cli = new StoreCli();
        byte[] kept = SpecRandom.Bytes(62, 10_000);
        await cli.PutAsync(kept, "--name", "kept");
        await PutAndRemoveAsync(cli, SpecRandom.Bytes(63, 100_000));
        await cli.DamageAsync(kept);
        CliRun run = await cli.RunAsync("--json", "store", "compact");
        Assert.Equal((4, ""), (run.ExitCode, run.ErrorText));
        Assert.Equal((0, 1), (run.Json.GetProperty("segments").GetInt32(), run.Json.GetProperty("skippedSegments").GetInt32()));
        Assert.Equal(4, (await cli.RunAsync("verify")).ExitCode);
    }

    [Theory]
    [InlineData("--min-garbage", "0")]
    [InlineData("--min-garbage", "1.01")]
    [InlineData("--min-garbage", "half")]
    [InlineData("--rate", "0")]
    public async Task A_share_or_a_rate_that_makes_no_sense_exits_2(string option, string value)
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(2, "InvalidArgument", "store", "compact", option, value);
    }

    [Fact]
    public async Task It_makes_no_store()
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(3, "StoreNotFound", "store", "compact");
        Assert.False(Directory.Exists(cli.StorePath));
    }

    private static async Task PutAndRemoveAsync(StoreCli cli, byte[] content)
    {
        await using ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token);
        VerifiedChunk[] chunks = [.. content.Chunk(50_000).Select(piece => ChunkVerifier.Hash(piece))];
        store.Put(chunks, new bool[chunks.Length]);
        BlobHash[] hashes = [.. chunks.Select(chunk => chunk.Hash)];
        Assert.Equal(hashes.Length, store.Remove(hashes));
    }
}
