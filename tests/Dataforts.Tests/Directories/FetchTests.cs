using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Tests.Directories;

public sealed class FetchTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tree_laid_over_another_keeps_what_is_beside_it_and_with_delete_it_goes(bool mayExchange)
    {
        await using TreeBench bench = await TreeBench.OpenAsync(mayExchange);
        string source = bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        bench.MakeSample("out", 1);
        TreeBench.Write(bench["out"], "a/mine/deep", [9]);
        File.CreateSymbolicLink(Path.Combine(bench["out"], "own-link"), "/etc");
        TreeBench.SetMode(Path.Combine(bench["out"], "a/mine"), 0x140);
        TreeBench.SetMode(bench["out"], 0x1E8);
        DirectoryGetResult over = await bench.FetchAsync(tree, "out");
        string[] own = ["a/mine/ 140", $"a/mine/deep 1A4 {BlobHash.Compute([9])}", "own-link -> /etc", $"only-1 1A4 {BlobHash.Compute([1])}"];
        Assert.Equal(TreeBench.Describe(source).Concat(own).Order(StringComparer.Ordinal), TreeBench.Describe(bench["out"]));
        Assert.Equal((3, null), (over.Kept, over.Leftover));
        Assert.Equal(158, over.FilesWritten + over.FilesUnchanged);
        if (!OperatingSystem.IsWindows()) Assert.Equal(0x1E8, (int)File.GetUnixFileMode(bench["out"]));
        DirectoryGetResult alone = await bench.FetchAsync(tree, "out", new DirectoryGetOptions { Delete = true, Durability = Durability.Durable });
        Assert.Equal(TreeBench.Describe(source), TreeBench.Describe(bench["out"]));
        Assert.Equal((0, 158, 0), (alone.FilesWritten, alone.FilesUnchanged, alone.Kept));
        Assert.Equal(["out", "source"], Around(bench));
    }

    [Fact]
    public async Task What_is_there_already_is_not_written_again_and_what_differs_in_anything_is()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        await bench.FetchAsync(tree, "out");
        ulong large = InodeOf(bench, "large"), medium = InodeOf(bench, "medium"), text = InodeOf(bench, "a/x.txt");
        byte[] content = File.ReadAllBytes(Path.Combine(bench["out"], "large"));
        content[9_000_000] ^= 1;
        File.WriteAllBytes(Path.Combine(bench["out"], "large"), content);
        TreeBench.SetMode(Path.Combine(bench["out"], "a/x.txt"), 0x1B6);
        DirectoryGetResult got = await bench.FetchAsync(tree, "out");
        Assert.Equal((2, 156), (got.FilesWritten, got.FilesUnchanged));
        Assert.Equal((false, true, false), (large == InodeOf(bench, "large"), medium == InodeOf(bench, "medium"), text == InodeOf(bench, "a/x.txt")));
        Assert.Equal(TreeBench.Describe(bench["source"]), TreeBench.Describe(bench["out"]));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_fetched_and_the_rest_of_the_destination_stays()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        TreeBench.Write(bench["out"], "a-b", [7]);
        DirectoryGetResult got = await bench.FetchAsync(tree, "out", new DirectoryGetOptions { Include = ["a/deep", "*.txt"] });
        Assert.Equal((2, 1), (got.Totals.Files, got.Kept));
        Assert.Equal([7], File.ReadAllBytes(Path.Combine(bench["out"], "a-b")));
        Assert.Equal(["a", "a-b", "a/deep", "a/deep/er", "a/deep/er/y.bin", "a/x.txt"], Paths(bench["out"]));
    }

    [Fact]
    public async Task A_chunk_that_is_missing_or_wrong_leaves_the_old_tree_and_nothing_beside_it()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        bench.MakeSample("out", 1);
        string[] before = TreeBench.Describe(bench["out"]);
        var file = (TreeRef)(await bench.ListAsync(tree, "large"))[0].Blob!;
        List<BlobHash> chunks = await ChunksOfAsync(bench, file);
        bench.Blobs.Chunks.Remove([chunks[^1]]);
        IntegrityException late = await Assert.ThrowsAsync<IntegrityException>(() => bench.FetchAsync(tree, "other"));
        Assert.Equal(chunks[^1], late.Hash);
        await Assert.ThrowsAsync<IntegrityException>(() => bench.FetchAsync(tree, "deep/er/other"));
        var small = (SmallRef)(await bench.ListAsync(tree, "a-b"))[0].Blob!;
        bench.Blobs.Chunks.Remove([small.Hash]);
        IntegrityException early = await Assert.ThrowsAsync<IntegrityException>(() => bench.FetchAsync(tree, "out", new DirectoryGetOptions { Delete = true }));
        Assert.Equal((small.Hash, ErrorKind.ChunkMissing), (early.Hash, early.Kind));
        Assert.Contains("'a-b'", early.Message, StringComparison.Ordinal);
        Assert.Equal(before, TreeBench.Describe(bench["out"]));
        Assert.Equal(["out", "source"], Around(bench));
    }

    [Fact]
    public async Task A_run_that_is_called_off_anywhere_leaves_the_old_tree_and_nothing_beside_it()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        bench.MakeSample("out", 1);
        string[] before = TreeBench.Describe(bench["out"]), after = TreeBench.Describe(bench["source"]);
        int called = 0;
        for (int reports = 1; reports < 12; reports++)
        {
            using var stop = new CancellationTokenSource();
            int left = reports;
            var progress = new Counting(() =>
            {
                if (Interlocked.Decrement(ref left) == 0) stop.Cancel();
            });
            try
            {
                await bench.Trees.MaterializeAsync(tree, bench["out"], new DirectoryGetOptions { Delete = true }, progress, stop.Token);
                Assert.Equal(after, TreeBench.Describe(bench["out"]));
                break;
            }
            catch (OperationCanceledException)
            {
                called++;
                Assert.Equal(before, TreeBench.Describe(bench["out"]));
                Assert.Equal(["out", "source"], Around(bench));
            }
        }
        Assert.InRange(called, 1, 11);
    }

    [Fact]
    public async Task Two_runs_to_one_place_take_turns_and_one_that_waits_too_long_says_so()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        bench.MakeSample("second", 1);
        BlobRef one = await bench.PublishAsync("source"), two = await bench.PublishAsync("second");
        var options = new DirectoryGetOptions { Delete = true, LockTimeout = TimeSpan.FromMinutes(1) };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => bench.FetchAsync(i % 2 == 0 ? one : two, i < 6 ? "out" : $"out-{i}", options))));
        string[] got = TreeBench.Describe(bench["out"]);
        Assert.True(got.SequenceEqual(TreeBench.Describe(bench["source"])) || got.SequenceEqual(TreeBench.Describe(bench["second"])));
        Assert.Equal(["out", "out-6", "out-7", "second", "source"], Around(bench));
        Task<DirectoryGetResult>? second = null;
        var once = new Counting(() => second ??= bench.FetchAsync(two, "out", new DirectoryGetOptions { LockTimeout = TimeSpan.Zero }));
        await bench.Trees.MaterializeAsync(one, bench["out"], options, once, TreeBench.Cancel);
        DatafortsException busy = await Assert.ThrowsAsync<DatafortsException>(() => second!);
        Assert.Equal(ErrorKind.DestinationInUse, busy.Kind);
    }

    [Fact]
    public async Task What_is_in_the_way_is_refused_before_anything_is_written()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        bench.MakeSample("source");
        BlobRef tree = await bench.PublishAsync("source");
        TreeBench.Write(bench["out"], "medium/inside", [1]);
        string[] before = TreeBench.Describe(bench["out"]);
        DatafortsException folder = await Assert.ThrowsAsync<DatafortsException>(() => bench.FetchAsync(tree, "out"));
        Assert.Equal(ErrorKind.Exists, folder.Kind);
        Assert.Contains("'medium'", folder.Message, StringComparison.Ordinal);
        TreeBench.Write(bench.Around, "file", [1]);
        Assert.Equal(ErrorKind.Exists, (await Assert.ThrowsAsync<DatafortsException>(() => bench.FetchAsync(tree, "file"))).Kind);
        DatafortsException full = await Assert.ThrowsAsync<DatafortsException>(
            () => bench.FetchAsync(tree, "new/one", new DirectoryGetOptions { SpareBytes = long.MaxValue / 2 }));
        Assert.Equal(ErrorKind.NoSpace, full.Kind);
        var limits = new DirectoryGetOptions { Limits = new DirectoryLimits { MaxEntries = 100 } };
        Assert.Equal(ErrorKind.LimitExceeded, (await Assert.ThrowsAsync<DirectoryException>(() => bench.FetchAsync(tree, "new", limits))).Kind);
        DatafortsException root = await Assert.ThrowsAsync<DatafortsException>(
            () => bench.Trees.MaterializeAsync(tree, "/", null, null, TreeBench.Cancel));
        Assert.Equal(ErrorKind.InvalidRequest, root.Kind);
        Assert.Equal(before, TreeBench.Describe(bench["out"]));
        Assert.Equal(["file", "out", "source"], Around(bench));
        await bench.FetchAsync(tree, "out", new DirectoryGetOptions { Delete = true });
        Assert.Equal(TreeBench.Describe(bench["source"]), TreeBench.Describe(bench["out"]));
    }

    [Fact]
    public async Task Links_at_the_destination_are_neither_written_nor_led_through()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        TreeBench.Write(bench["elsewhere"], "kept", [1]);
        TreeBench.Write(bench["source"], "sub/file", [2]);
        File.CreateSymbolicLink(Path.Combine(bench["source"], "through"), "own/../sub");
        BlobRef tree = await bench.PublishAsync("source");
        // A folder of the tree is a link at the destination: the link goes, what it led to stays.
        Directory.CreateDirectory(bench["out"]);
        Directory.CreateSymbolicLink(Path.Combine(bench["out"], "sub"), bench["elsewhere"]);
        await bench.FetchAsync(tree, "out");
        Assert.Equal(["kept"], Paths(bench["elsewhere"]));
        Assert.Equal(["sub", "sub/file", "through"], Paths(bench["out"]));
        // A link that stays would be led through by one of the tree.
        Directory.CreateSymbolicLink(Path.Combine(bench["out"], "own"), bench["elsewhere"]);
        DirectoryException error = await Assert.ThrowsAsync<DirectoryException>(() => bench.FetchAsync(tree, "out"));
        Assert.Equal(("own", ErrorKind.UnsafeEntry), (error.Entry, error.Kind));
        // The destination itself may be a link: what it leads to is replaced.
        Directory.CreateSymbolicLink(bench["door"], bench["behind"]);
        Directory.CreateDirectory(bench["behind"]);
        DirectoryGetResult got = await bench.FetchAsync(tree, "door");
        Assert.Equal((bench["behind"], true), (got.Path, new DirectoryInfo(bench["door"]).LinkTarget is not null));
        Assert.Equal([2], File.ReadAllBytes(Path.Combine(bench["behind"], "sub/file")));
    }

    [Fact]
    public async Task Bits_that_give_rights_to_others_than_the_mode_says_are_not_set()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef content = await bench.StoreAsync("content");
        byte[] manifest = RawManifest.Of(DirectoryEntry.Folder("d", 0x4FFF), DirectoryEntry.File("d/f", content, 0x8FFF), DirectoryEntry.File("g", content));
        await bench.FetchAsync(await bench.StoreAsync(manifest), "out");
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(0x1FF, (int)File.GetUnixFileMode(Path.Combine(bench["out"], "d")));
        Assert.Equal(0x1FF, (int)File.GetUnixFileMode(Path.Combine(bench["out"], "d/f")));
        Assert.Equal(0, (int)File.GetUnixFileMode(Path.Combine(bench["out"], "g")) & 0xE00);
    }

    [Fact]
    public async Task A_shared_manifest_in_any_order_and_without_folders_is_fetched()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef content = await bench.StoreAsync("content");
        byte[] manifest = RawManifest.Of(
            DirectoryEntry.File("z/y/x", content),
            DirectoryEntry.Symlink("b/l", "../z/y/x"),
            DirectoryEntry.Folder("z/y", 0x41C0),
            DirectoryEntry.File("a", content));
        await bench.FetchAsync(await bench.StoreAsync(manifest), "out");
        Assert.Equal(["a", "b", "b/l", "z", "z/y", "z/y/x"], Paths(bench["out"]));
        Assert.Equal("content", File.ReadAllText(Path.Combine(bench["out"], "b/l")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(0x1C0, (int)File.GetUnixFileMode(Path.Combine(bench["out"], "z/y")));
    }

    private static async Task<List<BlobHash>> ChunksOfAsync(TreeBench bench, BlobRef blob)
    {
        var hashes = new List<BlobHash>();
        await foreach (Dataforts.Blobs.PlannedSlice slice in bench.Blobs.PlanAsync(blob)) hashes.Add(slice.Hash);
        return hashes;
    }

    private static ulong InodeOf(TreeBench bench, string path)
    {
        using DiskFolder folder = DiskFolder.Open(bench["out"]);
        return folder.TryStat(System.Text.Encoding.UTF8.GetBytes(path))!.Value.Inode;
    }

    private static string[] Around(TreeBench bench) =>
        [.. Directory.EnumerateFileSystemEntries(bench.Around).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string[] Paths(string root) =>
    [
        .. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal),
    ];

    private sealed class Counting(Action report) : IProgress<DirectoryProgress>
    {
        public void Report(DirectoryProgress value) => report();
    }

    [Fact]
    public async Task What_stands_where_a_link_is_left_out_stays()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef tree = await bench.StoreAsync(RawManifest.Of(
            DirectoryEntry.File("a"u8.ToArray(), await bench.StoreAsync("x"), 0), DirectoryEntry.Symlink("mine"u8.ToArray(), "/etc/passwd"u8.ToArray())));
        TreeBench.Write(bench["out"], "mine", [1, 2, 3]);
        DirectoryGetResult got = await bench.FetchAsync(tree, "out", new DirectoryGetOptions { SkipUnsafeLinks = true });
        Assert.Equal(1, got.Kept);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Path.Combine(bench["out"], "mine"), TreeBench.Cancel));
    }
}
