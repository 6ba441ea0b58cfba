using System.Text;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Tests.Directories;

public sealed class PublishTests
{
    [Fact]
    public async Task A_tree_comes_back_as_it_was()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        string source = bench.MakeSample("source");
        DirectoryPutResult put = await bench.Trees.PublishAsync(source, null, null, TreeBench.Cancel);
        Assert.Equal(new DirectoryTotals(158, 6, 2, 10_250_019), put.Totals);
        Assert.Equal((ManifestForm.Shared, 0, 0, 0), (put.Version, put.Skipped.Count, put.Changed.Count, put.Unsafe.Count));
        DirectoryGetResult got = await bench.FetchAsync(put.Ref, "out");
        Assert.Equal(TreeBench.Describe(source), TreeBench.Describe(bench["out"]));
        Assert.Equal((put.Totals, 158, 0, null), (got.Totals, got.FilesWritten, got.FilesUnchanged, got.Leftover));
        Assert.Equal(["out", "source"], Names(bench));
    }

    [Fact]
    public async Task The_same_tree_has_the_same_ref_and_is_stored_once_and_entries_are_in_order()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("one");
        bench.MakeSample("two");
        BlobRef one = await bench.PublishAsync("one");
        DirectoryPutResult two = await bench.Trees.PublishAsync(bench["two"], null, null, TreeBench.Cancel);
        Assert.Equal((one, 0), (two.Ref, two.StoredBytes));
        List<DirectoryEntry> entries = await bench.ListAsync(one);
        Assert.Equal(entries.Select(e => e.Path).Order(StringComparer.Ordinal), entries.Select(e => e.Path));
        Assert.Equal(["a/deep", "a/deep/er", "a/deep/er/y.bin"], (await bench.ListAsync(one, "a/deep/")).Select(e => e.Path));
        DatafortsException missing = await Assert.ThrowsAsync<DatafortsException>(() => bench.ListAsync(one, "a/dee"));
        Assert.Equal(ErrorKind.EntryNotFound, missing.Kind);
    }

    [Fact]
    public async Task The_reach_of_a_tree_is_every_ref_of_it()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        var refs = new List<BlobRef>();
        await foreach (BlobRef blob in new DirectoryLinks().ReadAsync(bench.Blobs, tree, TreeBench.Cancel)) refs.Add(blob);
        Assert.Equal((await bench.ListAsync(tree)).Where(e => e.Kind == EntryKind.File).Select(e => e.Blob!), refs);
        Assert.Contains(refs, blob => blob is TreeRef);
    }

    [Theory]
    [InlineData(ManifestForm.Shared)]
    [InlineData(ManifestForm.Compact)]
    public async Task Both_forms_carry_a_tree_and_a_form_asked_for_as_shared_has_no_tree_refs(ManifestForm version)
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        string source = bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source", new DirectoryPutOptions { Version = version });
        await bench.FetchAsync(tree, "out");
        Assert.Equal(TreeBench.Describe(source), TreeBench.Describe(bench["out"]));
        BlobRef large = (await bench.ListAsync(tree, "large"))[0].Blob!;
        Assert.Equal(version == ManifestForm.Shared ? BlobRefKind.Manifest : BlobRefKind.Tree, large.Kind);
    }

    [Fact]
    public async Task Times_are_recorded_and_restored_when_asked_for()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        string source = bench.MakeSample("source");
        var when = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(source, "a-b"), when.AddTicks(1234567));
        File.SetLastWriteTimeUtc(Path.Combine(source, "a/deep/er/y.bin"), DateTime.UnixEpoch.AddSeconds(-1.5));
        Directory.SetLastWriteTimeUtc(Path.Combine(source, "a"), when);
        await bench.FetchAsync(await bench.PublishAsync("source", new DirectoryPutOptions { RecordTimes = true }), "out");
        Assert.Equal(when.AddTicks(1234567), File.GetLastWriteTimeUtc(Path.Combine(bench["out"], "a-b")));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(-1.5), File.GetLastWriteTimeUtc(Path.Combine(bench["out"], "a/deep/er/y.bin")));
        Assert.Equal(when, Directory.GetLastWriteTimeUtc(Path.Combine(bench["out"], "a")));
    }

    [Fact]
    public async Task What_is_no_file_directory_or_link_is_told_and_not_waited_for()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        TreeBench.Write(bench["source"], "f", [1]);
        using (var fifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(bench["source"], "pipe")])) await fifo.WaitForExitAsync(TreeBench.Cancel);
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(bench["source"], "socket")));
        DirectoryPutResult put = await bench.Trees.PublishAsync(bench["source"], null, null, TreeBench.Cancel);
        Assert.Equal([new SkippedNode("pipe", "fifo"), new SkippedNode("socket", "socket")], put.Skipped);
        Assert.Equal((2, 1), (put.SkippedCount, put.Totals.Files));
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_is_an_error_naming_it_or_kept_and_told()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        string source = bench.MakeSample("source");
        string large = Path.Combine(source, "large");
        var growing = new Told(progress =>
        {
            if (progress.Current == "large") File.AppendAllText(large, "more");
        });
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
            () => bench.Trees.PublishAsync(source, new DirectoryPutOptions { Name = "t" }, growing, TreeBench.Cancel));
        Assert.Equal(ErrorKind.FileChanged, error.Kind);
        Assert.Contains("'large'", error.Message, StringComparison.Ordinal);
        Assert.Null(bench.Blobs.Chunks.FindName("t"));
        DirectoryPutResult kept = await bench.Trees.PublishAsync(source, new DirectoryPutOptions { KeepChanged = true }, growing, TreeBench.Cancel);
        Assert.Equal(["large"], kept.Changed);
        await bench.FetchAsync(kept.Ref, "out");
    }

    [Fact]
    public async Task Unsafe_entries_are_told_when_published_and_refused_when_asked_for()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        TreeBench.Write(bench["source"], "README", [1]);
        TreeBench.Write(bench["source"], "readme", [2]);
        TreeBench.Write(bench["source"], "a:b", [3]);
        File.CreateSymbolicLink(Path.Combine(bench["source"], "link"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(bench["source"], "up"), "../x");
        DirectoryPutResult put = await bench.Trees.PublishAsync(bench["source"], null, null, TreeBench.Cancel);
        Assert.Equal(
            [("a:b", EntryFault.ForbiddenCharacter), ("readme", EntryFault.Collision), ("link", EntryFault.Absolute), ("up", EntryFault.LinkLeavesTree)],
            put.Unsafe.Select(error => (error.Entry!, error.Fault)));
        DirectoryException refused = await Assert.ThrowsAsync<DirectoryException>(
            () => bench.Trees.PublishAsync(bench["source"], new DirectoryPutOptions { RefuseUnsafe = true }, null, TreeBench.Cancel));
        Assert.Equal(("a:b", ErrorKind.UnsafeEntry), (refused.Entry, refused.Kind));
        Assert.Equal("a:b", (await Assert.ThrowsAsync<DirectoryException>(() => bench.FetchAsync(put.Ref, "out"))).Entry);
        var unix = new DirectoryGetOptions { Rules = EntryRules.Unix, SkipUnsafeLinks = true };
        DirectoryGetResult got = await bench.FetchAsync(put.Ref, "out", unix);
        Assert.Equal((3, 0, 2), (got.Totals.Files, got.Totals.Symlinks, got.LeftOut.Count));
        Assert.Equal(["README", "a:b", "readme"], Directory.EnumerateFileSystemEntries(bench["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Names_of_any_bytes_come_back_in_the_compact_form_and_are_refused_in_the_shared_one()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        Directory.CreateDirectory(bench["source"]);
        byte[] name = [0xFF, (byte)'a', 0xC3];
        using (DiskFolder folder = DiskFolder.Open(bench["source"]))
        using (DiskFile file = folder.CreateFile(name, 0x1A4))
            file.Write("odd"u8);
        DirectoryException error = await Assert.ThrowsAsync<DirectoryException>(() => bench.PublishAsync("source"));
        Assert.Equal(EntryFault.NotUtf8, error.Fault);
        BlobRef tree = await bench.PublishAsync("source", new DirectoryPutOptions { Rules = EntryRules.Unix });
        await bench.FetchAsync(tree, "out", new DirectoryGetOptions { Rules = EntryRules.Unix });
        using DiskFolder got = DiskFolder.Open(bench["out"]), source = DiskFolder.Open(bench["source"]);
        Assert.Equal(3, got.TryStat(name)!.Value.SizeBytes);
        // .NET could not.
        got.RemoveFile(name);
        source.RemoveFile(name);
    }

    [Fact]
    public async Task A_name_keeps_the_tree_and_a_taken_one_is_refused_before_anything_is_read()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        TreeBench.Write(bench["source"], "f", [1]);
        BlobRef tree = await bench.PublishAsync("source", new DirectoryPutOptions { Name = "t", Durability = Durability.Durable });
        Assert.Equal(tree, bench.Blobs.Chunks.FindName("t")!.Ref);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
            () => bench.PublishAsync("source", new DirectoryPutOptions { Name = "t", IfAbsent = true }));
        Assert.Equal(ErrorKind.Exists, error.Kind);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => bench.PublishAsync("nowhere"));
    }

    [Fact]
    public async Task Differences_are_told_in_order()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef before = await PublishSampleAsync(bench, "one", 0), after = await PublishSampleAsync(bench, "two", 1);
        var changes = new List<string>();
        await foreach (DirectoryChange change in bench.Trees.DiffAsync(before, after, TreeBench.Cancel))
            changes.Add($"{(change.Before is null ? "+" : change.After is null ? "-" : "*")}{change.Path}");
        Assert.Equal(["*a/deep/er/y.bin", .. Enumerable.Range(1, 149).Select(i => $"*many/{i:D3}"), "*medium", "-only-0", "+only-1"], changes);
        await foreach (DirectoryChange change in bench.Trees.DiffAsync(before, before, TreeBench.Cancel)) Assert.Fail(change.Path);
    }

    [Fact]
    public async Task A_blob_that_is_no_manifest_is_said_to_be_none()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef blob = await bench.StoreAsync("no manifest");
        Assert.Equal(ErrorKind.ManifestInvalid, (await Assert.ThrowsAsync<DirectoryException>(() => bench.ListAsync(blob))).Kind);
        Assert.Equal(ErrorKind.ManifestInvalid, (await Assert.ThrowsAsync<DirectoryException>(() => bench.FetchAsync(blob, "out"))).Kind);
        Assert.Empty(Names(bench));
    }

    [Fact]
    public void Patterns_match_what_they_say()
    {
        (string Pattern, string Path, bool Matches)[] cases =
        [
            ("*.md", "a/b.md", true), ("*.md", "a/b.txt", false), ("docs", "x/docs/y/z", true), ("docs/*", "docs/a/b", true),
            ("docs/*.md", "docs/a/b.md", false),
            ("docs/**/*.md", "docs/a/c/b.md", true), ("docs/**/*.md", "docs/b.md", true), ("**/x", "x", true), ("a/**", "a", false), ("a/**", "a/b", true),
            ("a?c", "abc", true), ("a?c", "ac", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[x", "[x", true), ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxbxx", false), ("a/b", "a/bc", false), ("a/b/", "a/b/c", true),
        ];
        foreach ((string pattern, string path, bool matches) in cases)
            Assert.True(matches == GlobPattern.Parse(pattern).Matches(Encoding.UTF8.GetBytes(path)), $"{pattern} on {path}");
        foreach (string bad in (string[])["", "/", "/a"]) Assert.ThrowsAny<ArgumentException>(() => GlobPattern.Parse(bad));
        byte[] slow = Encoding.UTF8.GetBytes(new string('a', 4000));
        Assert.False(GlobPattern.Parse(string.Concat(Enumerable.Repeat("*a", 100)) + "b").Matches(slow));
    }

    private static async Task<BlobRef> PublishSampleAsync(TreeBench bench, string name, int number)
    {
        bench.MakeSample(name, number);
        return await bench.PublishAsync(name);
    }

    private static string[] Names(TreeBench bench) =>
        [.. Directory.EnumerateFileSystemEntries(bench.Around).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private sealed class Told(Action<DirectoryProgress> tell) : IProgress<DirectoryProgress>
    {
        public void Report(DirectoryProgress value) => tell(value);
    }
}
