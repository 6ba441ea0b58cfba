using System.Text;
using Dataforts.Cli.Tests.Running;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

public sealed class HarmTests
{
    [Fact]
    public async Task The_writers_lock_holds_where_the_runtimes_locks_are_switched_off()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["a"], "hello", TestContext.Current.CancellationToken);
        await using ChunkStore writer = await ChunkStore.OpenAsync(
            new StoreOptions { Path = folder["store"], Writable = true }, TestContext.Current.CancellationToken);
        var variables = new Dictionary<string, string?> { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" };
        CliRun run = await Running.Cli.RunProcessAsync(variables, "", "--json", "--store", folder["store"], "--lock-timeout", "0", "put", folder["a"]);
        Assert.Equal((7, "StoreInUse"), (run.ExitCode, run.ErrorKind));
        Assert.Contains($"process {Environment.ProcessId} since ", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_reports_also_when_the_names_can_no_longer_be_read()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["a"], "hello", TestContext.Current.CancellationToken);
        string[] store = ["--json", "--store", folder["store"]];
        Assert.Equal(0, (await Running.Cli.RunAsync([.. store, "put", folder["a"], "--name", "a-name-to-be-found"])).ExitCode);
        string segment = Assert.Single(Directory.GetFiles(folder["store/log"]));
        byte[] bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("a-name-to-be-found"));
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        File.Delete(folder["store/names.sqlite"]);
        CliRun run = await Running.Cli.RunAsync([.. store, "verify"]);
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(1, run.Json.GetProperty("chunks").GetInt32());
        Assert.Contains(segment, run.Json.GetProperty("damagedFiles").EnumerateArray().Select(path => path.GetString()));
    }
}
