using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Several processes on one store, and processes that do not end well.</summary>
public sealed class StoreProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_writer_is_told_who_has_the_store_and_since_when()
    {
        using var cli = new StoreCli();
        using Process writer = await HoldingAsync(cli);
        foreach (string command in (string[])["put /dev/null", "rm n", "name set n {0}", "pin {0}", "unpin {0}", "store rebuild", "store compact"])
        {
            string text = SmallRef.Create(BlobHash.Compute([]), 0).ToText();
            string[] words = string.Format(CultureInfo.InvariantCulture, command, text).Split(' ');
            CliRun run = await cli.RunAsync(["--json", "--lock-timeout", "0", .. words]);
            Assert.Equal((7, "StoreInUse", ""), (run.ExitCode, run.ErrorKind, run.OutputText));
            Match named = Regex.Match(run.ErrorText, @"process (\d+) since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
            Assert.Equal(writer.Id.ToString(CultureInfo.InvariantCulture), named.Groups[1].Value);
            DateTimeOffset since = DateTimeOffset.Parse(named.Groups[2].Value, CultureInfo.InvariantCulture);
            Assert.InRange(TimeProvider.System.GetUtcNow() - since, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        }
        await EndAsync(writer);
    }

    [Fact]
    public async Task A_second_writer_waits_as_long_as_it_was_told_and_no_longer()
    {
        using var cli = new StoreCli();
        using Process writer = await HoldingAsync(cli);
        var watch = Stopwatch.StartNew();
        CliRun refused = await cli.RunProcessAsync("--lock-timeout", "0.7", "put", "/dev/null");
        Assert.Equal(7, refused.ExitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.7, 30);
        using Process patient = cli.Start("--json", "--lock-timeout", "60", "put", "/dev/null", "--name", "patient");
        await Task.Delay(300, Token);
        Assert.False(patient.HasExited);
        await EndAsync(writer);
        await patient.WaitForExitAsync(Token);
        Assert.Equal(0, patient.ExitCode);
        Assert.Equal(["patient", "slow"], (await cli.RunAsync("--json", "ls")).OutputLines.Select(Name));
    }

    [Fact]
    public async Task Readers_work_beside_a_writer_and_neither_see_half_nor_hold_it_up()
    {
        using var cli = new StoreCli();
        byte[] before = SpecRandom.Bytes(50, 400_000);
        string text = (await cli.PutAsync(before, "--name", "before")).Text("ref");
        using Process writer = await HoldingAsync(cli);
        byte[] more = SpecRandom.Bytes(51, 3_000_000);
        Task writing = WriteSlowlyAsync(writer, more);
        int rounds = 0;
        while (!writing.IsCompleted || rounds < 2)
        {
            rounds++;
            Assert.Equal(before, await cli.GetAsync("before"));
            Assert.Equal(before, await cli.GetAsync(text));
            Assert.True((await cli.JsonAsync("stat", "before")).GetProperty("present").GetBoolean());
            Assert.Equal("before", (await cli.JsonAsync("ls")).Text("name"));
            Assert.Empty((await cli.RunAsync("pins")).Output);
            Assert.Equal(0, (await cli.RunAsync("store", "info")).ExitCode);
            CliRun verify = await cli.RunAsync("--json", "verify");
            Assert.Equal((0, ""), (verify.ExitCode, verify.ErrorText));
        }
        await writing;
        await EndAsync(writer);
        Assert.Equal(more, (await cli.GetAsync("slow"))[2..]);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(5_000_000)]
    public async Task A_writer_that_was_killed_leaves_a_sound_store(int length)
    {
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(52, 300_000), "--name", "before");
        using (Process writer = await HoldingAsync(cli))
        {
            await writer.StandardInput.BaseStream.WriteAsync(SpecRandom.Bytes(53, length), Token);
            await writer.StandardInput.BaseStream.FlushAsync(Token);
            await Task.Delay(200, Token);
            writer.Kill();
            await writer.WaitForExitAsync(Token);
        }
        string[] files = cli.Listing();
        Assert.Equal(["before"], (await cli.RunAsync("--json", "ls")).OutputLines.Select(Name));
        Assert.Equal(SpecRandom.Bytes(52, 300_000), await cli.GetAsync("before"));
        CliRun verify = await cli.RunAsync("--json", "verify");
        Assert.Equal((0, ""), (verify.ExitCode, verify.ErrorText));
        // None of them mended anything: that is a writer's business.
        Assert.Equal(files, cli.Listing());
        await cli.PutAsync(SpecRandom.Bytes(53, length), "--name", "after");
        Assert.Equal(SpecRandom.Bytes(53, length), await cli.GetAsync("after"));
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("store", "rebuild")).ExitCode);
        Assert.Equal(2, (await cli.RunAsync("ls")).OutputLines.Length);
    }

    [Fact]
    [Slow]
    public async Task Writers_killed_at_any_moment_lose_nothing_that_was_acknowledged()
    {
        using var cli = new StoreCli();
        var random = new Random(54);
        var acknowledged = new SortedSet<string>(StringComparer.Ordinal);
        string path = await cli.WriteAsync("content", SpecRandom.Bytes(54, 2_000_000));
        for (int i = 0; i < 40; i++)
        {
            using Process writer = cli.Start("--json", "put", path, "--name", $"n{i:D2}", "--chunking", $"fixed:{4096 + i}");
            Task<string> output = writer.StandardOutput.ReadToEndAsync(Token);
            using var limit = new CancellationTokenSource(random.Next(50, 600));
            try
            {
                await writer.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                writer.Kill();
                await writer.WaitForExitAsync(Token);
            }
            if ((await output).EndsWith('\n')) acknowledged.Add($"n{i:D2}");
            if (!Directory.Exists(cli.StorePath) || acknowledged.Count == 0) continue;
            Assert.Superset(acknowledged, (await cli.RunAsync("--json", "ls")).OutputLines.Select(Name).ToHashSet());
            Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
        }
        foreach (string name in acknowledged) Assert.Equal(2_000_000, (await cli.GetAsync(name)).Length);
    }

    [Fact]
    public async Task A_signal_ends_a_put_with_130_and_gives_the_store_up()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var cli = new StoreCli();
        using Process writer = await HoldingAsync(cli);
        Signals.Send(writer, Signals.Interrupt);
        await writer.WaitForExitAsync(Token);
        Assert.Equal(130, writer.ExitCode);
        Assert.Equal("", await writer.StandardOutput.ReadToEndAsync(Token));
        Assert.Contains("\"kind\":\"Cancelled\"", await writer.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
        Assert.Empty((await cli.RunAsync("ls")).Output);
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
        Assert.Equal(0, (await cli.FeedAsync([1], "--lock-timeout", "0", "put", "-")).ExitCode);
    }

    [Theory]
    [InlineData("put pipe")]
    [InlineData("hash pipe")]
    [InlineData("get n -o pipe")]
    public async Task A_signal_ends_the_wait_for_the_other_end_of_a_pipe(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes of this sort.");
        using var cli = new StoreCli();
        await cli.PutAsync([1], "--name", "n");
        await cli.ShellAsync("mkfifo pipe");
        using Process process = cli.Start(["--json", .. command.Replace("pipe", cli["pipe"], StringComparison.Ordinal).Split(' ')]);
        await Task.Delay(700, Token);
        Assert.False(process.HasExited);
        var watch = Stopwatch.StartNew();
        Signals.Send(process, Signals.Interrupt);
        await process.WaitForExitAsync(Token);
        Assert.Equal(130, process.ExitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 4);
        Assert.Contains("\"kind\":\"Cancelled\"", await process.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_put_that_finds_no_room_exits_6_and_the_store_goes_on()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "The test limits the size of files as Linux does.");
        using var cli = new StoreCli();
        await cli.PutAsync("kept"u8.ToArray(), "--name", "kept");
        await cli.WriteAsync("big", SpecRandom.Bytes(55, 9_000_000));
        // Memory that is written and run is mapped from a file, which the limit would hit as well.
        const string Limited = "export DOTNET_EnableWriteXorExecute=0; ulimit -f 4000;";
        foreach (string chunking in (string[])["fixed:65536", "fixed:4194304", "cdc"])
        {
            CliRun run = await cli.ShellAsync($"{Limited} cli --json put big --name big --chunking {chunking}");
            Assert.Equal((6, "NoSpace", ""), (run.ExitCode, run.ErrorKind, run.OutputText));
        }
        Assert.Equal(["kept"], (await cli.RunAsync("--json", "ls")).OutputLines.Select(Name));
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
        await cli.PutAsync(SpecRandom.Bytes(55, 9_000_000), "--name", "big");
        CliRun get = await cli.ShellAsync($"echo old > out; {Limited} cli --json get big -o out");
        Assert.Equal((6, "NoSpace", ""), (get.ExitCode, get.ErrorKind, get.OutputText));
        Assert.Equal("old\n", await File.ReadAllTextAsync(cli["out"], Token));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(cli["out"])!, ".dataforts-*"));
        Assert.Equal("kept"u8.ToArray(), await cli.GetAsync("kept"));
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task A_disk_that_is_full_refuses_with_6_and_gives_back_what_it_holds()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess, "Only the superuser of a Linux can make a small disk.");
        using var cli = new StoreCli();
        await cli.WriteAsync("big", SpecRandom.Bytes(57, 9_000_000));
        CliRun run = await cli.InMountNamespaceAsync(
            "mkdir small && mount -t tmpfs -o size=6m tmpfs small || exit 77; export DATAFORTS_STORE=$PWD/small/store; "
            + "printf kept > kept; cli put kept --name kept > text || exit 1; "
            + "cli --json put big --name big --chunking fixed:65536; echo $?; cli get kept; echo; cli --json verify; cli --json get big; echo $?; "
            // Whether there is still room for so little is the file system's business; it is no internal error.
            + "cli --json rm kept; echo $?; cli --json put kept --name again; echo $?; cli --json verify > last; echo $?");
        Assert.SkipWhen(run.ExitCode == 77, "This system lets nobody mount.");
        Assert.Equal(0, run.ExitCode);
        string[] lines = [.. run.OutputLines.Where(line => line[0] != '{')];
        Assert.Equal(["6", "kept", "3"], lines[..3]);
        Assert.All(lines[3..5], line => Assert.Contains(line, (string[])["0", "6"]));
        Assert.Equal("0", lines[5]);
    }

    [Fact]
    public async Task A_reader_of_the_output_that_has_enough_ends_the_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test is written for a POSIX shell.");
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(56, 5_000_000);
        await cli.PutAsync(content, "--name", "n");
        CliRun run = await cli.ShellAsync("cli get n | head -c 1000");
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
    }

    [Fact]
    public async Task Two_runs_of_content_into_one_file_overwrite_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test is written for a POSIX shell.");
        using var cli = new StoreCli();
        await cli.PutAsync("one"u8.ToArray(), "--name", "n");
        CliRun run = await cli.ShellAsync("(cli get n; cli get n -o /dev/stdout; cli cat n n; cli get n -o -) > out; cat out");
        Assert.Equal((0, "oneoneoneoneone", ""), (run.ExitCode, run.OutputText, run.ErrorText));
    }

    private static string Name(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.Text("name");
    }

    /// <summary>A put that has the store and waits for more input.</summary>
    private static async Task<Process> HoldingAsync(StoreCli cli)
    {
        Process writer = cli.Start("--json", "put", "-", "--name", "slow");
        await writer.StandardInput.BaseStream.WriteAsync("ab"u8.ToArray(), Token);
        await writer.StandardInput.BaseStream.FlushAsync(Token);
        string owner = Path.Combine(cli.StorePath, "lock.owner");
        string mine = writer.Id.ToString(CultureInfo.InvariantCulture);
        // Named as the owner and past the making of the store.
        while (!writer.HasExited && !(File.Exists(owner) && (await ReadAsync(owner)).Contains(mine, StringComparison.Ordinal)
            && File.Exists(Path.Combine(cli.StorePath, "dataforts.store"))))
        {
            await Task.Delay(10, Token);
        }
        Assert.False(writer.HasExited);
        return writer;
    }

    private static async Task<string> ReadAsync(string path)
    {
        try
        {
            return await File.ReadAllTextAsync(path, Token);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task WriteSlowlyAsync(Process writer, byte[] content)
    {
        for (int i = 0; i < content.Length; i += 100_000)
        {
            await writer.StandardInput.BaseStream.WriteAsync(content.AsMemory(i, Math.Min(100_000, content.Length - i)), Token);
            await writer.StandardInput.BaseStream.FlushAsync(Token);
            await Task.Delay(20, Token);
        }
    }

    private static async Task EndAsync(Process writer)
    {
        writer.StandardInput.Close();
        await writer.WaitForExitAsync(Token);
        Assert.Equal(0, writer.ExitCode);
    }
}
