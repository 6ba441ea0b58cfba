using System.Diagnostics;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Puts and repairs that are killed: what a name stands for bears the losses it was said to bear, and a repair can be run again.</summary>
public sealed class StripedKillTests
{
    private static readonly string[] Coded = ["--encoding", "rs:4,2", "--chunking", "fixed:4096"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Slow]
    public async Task A_put_that_is_killed_leaves_a_sound_store_and_whole_blobs()
    {
        using var cli = new StoreCli();
        var random = new Random(Environment.TickCount);
        await cli.PutAsync([1]);
        for (int round = 0; round < 12; round++)
        {
            string path = await cli.WriteAsync("content", SpecRandom.Bytes((ulong)round, 3_000_000));
            await KillAsync(cli, random, ["put", path, "--name", $"n{round}", .. Coded]);
            Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
            CliRun names = await cli.RunAsync("--json", "ls");
            foreach (string line in names.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string name = JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!;
                Assert.Equal(2, (await cli.JsonAsync("stat", name)).GetProperty("toleratedLosses").GetInt32());
            }
        }
        await cli.PutAsync(SpecRandom.Bytes(1, 3_000_000), ["--name", "again", .. Coded]);
        Assert.Equal(2, (await cli.JsonAsync("stat", "again")).GetProperty("toleratedLosses").GetInt32());
    }

    [Fact]
    [Slow]
    public async Task A_repair_that_is_killed_can_be_run_again()
    {
        using var cli = new StoreCli();
        var random = new Random(Environment.TickCount);
        byte[] content = SpecRandom.Bytes(1, 3_000_000);
        await cli.PutAsync(content, ["--name", "n", .. Coded]);
        for (int round = 0; round < 8; round++)
        {
            await using (BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token))
            {
                // One of each stripe of four, another one each time.
                for (int at = round % 4 * 4096; at + 4096 <= content.Length; at += 4 * 4096)
                    store.Chunks.Remove([BlobHash.Compute(content.AsSpan(at, 4096))]);
            }
            await KillAsync(cli, random, "repair", "n");
            Assert.True((await cli.JsonAsync("stat", "n")).GetProperty("present").GetBoolean());
            Assert.Equal(0, (await cli.RunAsync("repair", "n")).ExitCode);
            Assert.Equal(2, (await cli.JsonAsync("stat", "n")).GetProperty("toleratedLosses").GetInt32());
        }
        Assert.Equal(content, await cli.GetAsync("n"));
    }

    private static async Task KillAsync(StoreCli cli, Random random, params string[] args)
    {
        using Process process = cli.Start(args);
        process.StandardInput.Close();
        Task drained = Task.WhenAll(process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(random.Next(150, 1500));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(Token);
        }
        await drained;
    }
}
