using System.Diagnostics;
using Dataforts.Testing;

namespace Dataforts.Tests.Promises;

/// <summary>What the system was asked for before each promise, recorded by strace.</summary>
public sealed class SystemCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task What_a_promise_depends_on_was_flushed_before_it_was_made()
    {
        using var folder = new TempFolder();
        List<SystemCall> calls = await RecordAsync(folder["calls"], Path.Combine(folder.Path, "a", "store"));
        Assert.Null(FindBroken(calls, folder.Path));
        Assert.InRange(
            calls.Count(call => call.Name is "pwritev" or "pwrite64" && call.FilePath.EndsWith(".segment", StringComparison.Ordinal)), 24, int.MaxValue);
        Assert.InRange(calls.Count(call => call.Name == "rename" && call.Strings[^1].EndsWith("/checkpoint", StringComparison.Ordinal)), 4, int.MaxValue);
        // Each sort of flush is missed when it is left out.
        foreach (string end in (string[])[".segment", "/log", "/checkpoint.new", "/dataforts.store.new", "/names.sqlite", "/a/store", "/a", folder.Path])
        {
            List<SystemCall> without = calls.FindAll(call => !(call.Name is "fsync" or "fdatasync" && call.FilePath.EndsWith(end, StringComparison.Ordinal)));
            Assert.True(without.Count < calls.Count, $"no flush of {end}");
            Assert.True(FindBroken(without, folder.Path) is not null, $"flushes of {end} are not missed");
        }
    }

    /// <returns>The first promise that was made too early, and what was not flushed; null for none.</returns>
    private static string? FindBroken(List<SystemCall> calls, string root)
    {
        var unflushed = new UnflushedFiles(root);
        var promises = new List<string>();
        foreach (SystemCall call in calls)
        {
            // What gets its name by a rename is whole by then; the checkpoint of an orderly close names the index by its hash as well.
            if (call.Name == "rename" && unflushed.All.FirstOrDefault(what => IsNeededToRename(what, call.Strings[0], promises)) is { } torn)
                return $"rename to {call.Strings[^1]}: {torn}";
            unflushed.Take(call);
            if (call.Name != "write" || call.Strings is not [var line] || !line.EndsWith("\\n", StringComparison.Ordinal)) continue;
            promises.Add(line[..^2]);
            if (unflushed.All.Where(IsNeeded).ToList() is [_, ..] missed) return $"{promises[^1]}: {string.Join(", ", missed)}";
        }
        Assert.Equal(["opened", .. Enumerable.Range(0, 12).Select(i => $"durable {i}"), "compacted", "closed"], promises);
        return null;
    }

    private static bool IsNeededToRename(string what, string from, List<string> promises) =>
        what == $"bytes of {from}" || (promises is [.., "compacted"]
            && what.StartsWith("bytes", StringComparison.Ordinal) && what.EndsWith("/names.sqlite", StringComparison.Ordinal));

    // No promise depends on the locks, on the folder where readers say what they read, on the index of names while the store is open (the log has
    // what it says) or on hints.
    private static bool IsNeeded(string what) =>
        !what.EndsWith("/lock", StringComparison.Ordinal) && !what.EndsWith("/lock.owner", StringComparison.Ordinal)
        && !what.Contains("/readers", StringComparison.Ordinal)
        && !what.Contains("/names.sqlite", StringComparison.Ordinal) && !what.Contains(".hint", StringComparison.Ordinal);

    private static async Task<List<SystemCall>> RecordAsync(string output, string store)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "system calls are recorded by strace, which is Linux's");
        Assert.SkipUnless(await RunAsync("-qq", "-e", "trace=none", "true") is null, "strace is not installed, or this system lets no process watch another");
        string? error = await RunAsync("-f", "-y", "-qq", "-s", "64", "-o", output,
            "-e", "trace=openat,mkdir,mkdirat,pwrite64,pwritev,pwritev2,write,writev,ftruncate,rename,renameat,renameat2,unlink,unlinkat,fsync,fdatasync",
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Dataforts.CrashChild.dll"), "durable", store);
        Assert.Null(error);
        return SystemCall.Parse(File.ReadLines(output));
    }

    /// <returns>What strace said when it failed; null when all went well.</returns>
    private static async Task<string?> RunAsync(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> said = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0 ? null : await said;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
