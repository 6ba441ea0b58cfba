using System.Text.Json;
using Dataforts.Cli.Tests.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Directories;

public sealed class DirCommandTests
{
    [Fact]
    public async Task A_folder_goes_in_and_comes_out()
    {
        using var cli = new StoreCli();
        using var folder = new TempFolder();
        MakeTree(folder["source"]);
        JsonElement put = await cli.JsonAsync("dir", "put", folder["source"], "--name", "t");
        Assert.Equal((2, 2, 1, 300_001), (put.Number("files"), put.Number("directories"), put.Number("symlinks"), put.Number("bytes")));
        Assert.Equal((0, true, "t"), (put.GetProperty("skipped").GetArrayLength(), put.GetProperty("rooted").GetBoolean(), put.Text("name")));
        Assert.True(put.Number("storedBytes") > 300_001);
        JsonElement got = await cli.JsonAsync("dir", "get", put.Text("ref"), folder["out"], "--durability", "durable");
        Assert.Equal((2, 2, 0), (got.Number("files"), got.Number("filesWritten"), got.Number("kept")));
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(folder["out"], "a/x"), TestContext.Current.CancellationToken));
        Assert.Equal("x", new FileInfo(Path.Combine(folder["out"], "a/link")).LinkTarget);
        Assert.True(Directory.Exists(Path.Combine(folder["out"], "empty")));
        JsonElement again = await cli.JsonAsync("dir", "get", "t", folder["out"], "--delete");
        Assert.Equal((0, 2), (again.Number("filesWritten"), again.Number("filesUnchanged")));
        Assert.Equal(["out", "source"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Entries_are_listed_all_or_below_a_path()
    {
        using var cli = new StoreCli();
        using var folder = new TempFolder();
        MakeTree(folder["source"]);
        await cli.JsonAsync("dir", "put", folder["source"], "--name", "t");
        CliRun all = await cli.RunAsync("--json", "dir", "ls", "t");
        Assert.Equal(["a", "a/link", "a/x", "big", "empty"], Enumerable.Range(0, all.OutputLines.Length).Select(i => all.JsonLine(i).Text("path")));
        Assert.Equal(("symlink", "x"), (all.JsonLine(1).Text("kind"), all.JsonLine(1).Text("target")));
        Assert.Equal(("file", 1), (all.JsonLine(2).Text("kind"), all.JsonLine(2).Number("size")));
        Assert.Equal("x"u8.ToArray(), await cli.GetAsync(all.JsonLine(2).Text("ref")));
        CliRun below = await cli.RunAsync("dir", "ls", "t", "a/x");
        Assert.EndsWith("a/x", Assert.Single(below.OutputLines), StringComparison.Ordinal);
        await cli.FailsAsync(3, "EntryNotFound", "dir", "ls", "t", "none");
        await cli.FailsAsync(3, "NameNotFound", "dir", "ls", "nobody");
    }

    [Fact]
    public async Task Differences_are_told()
    {
        using var cli = new StoreCli();
        using var folder = new TempFolder();
        MakeTree(folder["source"]);
        await cli.JsonAsync("dir", "put", folder["source"], "--name", "one");
        await File.WriteAllTextAsync(Path.Combine(folder["source"], "a/x"), "y", TestContext.Current.CancellationToken);
        Directory.Delete(Path.Combine(folder["source"], "empty"));
        await File.WriteAllTextAsync(Path.Combine(folder["source"], "new"), "y", TestContext.Current.CancellationToken);
        await cli.JsonAsync("dir", "put", folder["source"], "--name", "two");
        CliRun diff = await cli.RunAsync("dir", "diff", "one", "two");
        Assert.Equal(0, diff.ExitCode);
        Assert.Equal(["changed a/x", "removed empty/", "added   new"], diff.OutputLines);
        CliRun none = await cli.RunAsync("--json", "dir", "diff", "one", "one");
        Assert.Equal((0, ""), (none.ExitCode, none.OutputText));
    }

    [Theory]
    [InlineData("2f657463")]
    [InlineData("2e2e2f78")]
    public async Task An_unsafe_manifest_is_refused_with_exit_4_and_nothing_is_written(string path)
    {
        using var cli = new StoreCli();
        using var folder = new TempFolder();
        byte[] name = Convert.FromHexString(path);
        byte[] manifest = [1, 1, (byte)name.Length, .. name, 1, 0];
        JsonElement put = await cli.PutAsync(manifest);
        await cli.FailsAsync(4, "UnsafeEntry", "dir", "get", put.Text("ref"), folder["out"]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        await cli.FailsAsync(4, "ManifestInvalid", "dir", "ls", (await cli.PutAsync("no manifest"u8.ToArray())).Text("ref"));
    }

    [Fact]
    public async Task What_a_fetch_would_refuse_is_told_when_published_or_refused_there()
    {
        using var cli = new StoreCli();
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["source"]);
        File.CreateSymbolicLink(Path.Combine(folder["source"], "out"), "/etc/passwd");
        JsonElement put = await cli.JsonAsync("dir", "put", folder["source"]);
        Assert.Equal("out", put.GetProperty("unsafe")[0].Text("path"));
        Assert.False(put.GetProperty("rooted").GetBoolean());
        await cli.FailsAsync(4, "UnsafeEntry", "dir", "get", put.Text("ref"), folder["target"]);
        await cli.FailsAsync(4, "UnsafeEntry", "dir", "put", folder["source"], "--strict");
        JsonElement got = await cli.JsonAsync("dir", "get", put.Text("ref"), folder["target"], "--skip-unsafe-links");
        Assert.Equal((0, "out"), (got.Number("symlinks"), got.GetProperty("leftOut")[0].Text("path")));
    }

    [Fact]
    public async Task What_is_typed_wrongly_is_exit_2_and_what_is_not_there_exit_3()
    {
        using var cli = new StoreCli();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["file"], "x", TestContext.Current.CancellationToken);
        await cli.FailsAsync(3, "PathNotFound", "dir", "put", folder["none"]);
        await cli.FailsAsync(2, "InvalidArgument", "dir", "put", folder["file"]);
        await cli.FailsAsync(2, "InvalidArgument", "dir", "put", folder.Path, "--manifest", "1", "--times");
        await cli.FailsAsync(2, "InvalidArgument", "dir", "put", folder.Path, "--if-absent");
        await cli.FailsAsync(3, "StoreNotFound", "dir", "ls", "t");
        await cli.JsonAsync("dir", "put", folder.Path, "--name", "t");
        await cli.FailsAsync(1, "Exists", "dir", "put", folder.Path, "--name", "t", "--if-absent");
        await cli.FailsAsync(2, "InvalidArgument", "dir", "get", "t", folder["out"], "--include", "/abs");
        Assert.Equal(0, (await cli.JsonAsync("dir", "recover", folder.Path)).Number("recovered"));
    }

    private static void MakeTree(string root)
    {
        Directory.CreateDirectory(Path.Combine(root, "a"));
        Directory.CreateDirectory(Path.Combine(root, "empty"));
        File.WriteAllText(Path.Combine(root, "a/x"), "x");
        File.WriteAllBytes(Path.Combine(root, "big"), SpecRandom.Bytes(1, 300_000));
        File.CreateSymbolicLink(Path.Combine(root, "a/link"), "x");
    }
}
