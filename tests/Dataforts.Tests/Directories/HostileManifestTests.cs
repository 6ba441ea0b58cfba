using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Directories;

/// <summary>Manifests that somebody else made: whatever is in them, nothing is written outside the destination, and what is refused is refused
/// before anything is written at all.</summary>
public sealed class HostileManifestTests
{
    private static readonly string[] Components =
        ["a", "A", "b", "..", ".", "", "l", "L", "m", "caf\u00e9", "cafe\u0301", "nul", "x:y", "\\", "..\\..", "victim", "C:", "etc", "a\0", " ", "a."];

    [Theory]
    [InlineData("../victim/f", null)]
    [InlineData("/tmp/dataforts-hostile", null)]
    [InlineData("a/../../victim/f", null)]
    [InlineData("l", "../victim")]
    [InlineData("l", "/etc")]
    [InlineData("a/l", "../../victim")]
    [InlineData("..", null)]
    [InlineData("con", null)]
    [InlineData("a\nb", null)]
    public async Task An_entry_that_leads_out_is_refused_by_name_and_nothing_is_written(string path, string? target)
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef content = await bench.StoreAsync("content");
        TreeBench.Write(bench["victim"], "here", [1]);
        DirectoryEntry hostile = target is null ? DirectoryEntry.File(path, content) : DirectoryEntry.Symlink(path, target);
        BlobRef tree = await bench.StoreAsync(RawManifest.Of(DirectoryEntry.File("fine", content), hostile));
        DirectoryException error = await Assert.ThrowsAsync<DirectoryException>(() => bench.FetchAsync(tree, "made/out"));
        Assert.Equal((path, ErrorKind.UnsafeEntry), (error.Entry, error.Kind));
        Assert.Equal(["victim"], Directory.EnumerateFileSystemEntries(bench.Around).Select(Path.GetFileName));
        EntryRules rules = path is "con" ? EntryRules.Portable : EntryRules.Unix;
        await Assert.ThrowsAsync<DirectoryException>(
            () => bench.FetchAsync(tree, "made/out", new DirectoryGetOptions { Rules = rules, Include = ["fine"] }));
        Assert.False(Directory.Exists(bench["made"]));
    }

    [Fact]
    public async Task A_ref_whose_chunks_are_not_there_is_found_before_anything_is_written()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobHash absent = BlobHash.Compute("absent"u8);
        BlobRef[] refs =
        [
            SmallRef.Create(absent, 6), new TreeRef("x", BlobEncoding.Replicated, absent, 5, 1),
            new ManifestRef("x", BlobEncoding.Replicated, [new ChunkRef(absent, 6)]),
        ];
        foreach (BlobRef blob in refs)
        {
            BlobRef tree = await bench.StoreAsync(RawManifest.Of(DirectoryEntry.File("a", blob)));
            Assert.Equal(absent, (await Assert.ThrowsAsync<IntegrityException>(() => bench.FetchAsync(tree, "out"))).Hash);
            Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Around));
        }
    }

    [Fact]
    public async Task A_claim_of_more_than_the_device_has_is_refused_before_anything_is_written()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        var content = (SmallRef)await bench.StoreAsync("content");
        BlobRef huge = new TreeRef("x", BlobEncoding.Replicated, content.Hash, 1UL << 57, 4);
        BlobRef one = await bench.StoreAsync(RawManifest.Of(DirectoryEntry.File("a", huge)));
        Assert.Equal(ErrorKind.NoSpace, (await Assert.ThrowsAsync<DatafortsException>(() => bench.FetchAsync(one, "out"))).Kind);
        BlobRef two = await bench.StoreAsync(RawManifest.Of(DirectoryEntry.File("a", huge), DirectoryEntry.File("b", huge)));
        Assert.Equal(ErrorKind.LimitExceeded, (await Assert.ThrowsAsync<DirectoryException>(() => bench.FetchAsync(two, "out"))).Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Around));
    }

    [Fact]
    public Task Random_manifests_write_nothing_outside() => FuzzAsync(600);

    [Fact, Slow]
    public Task Ten_thousand_random_manifests_write_nothing_outside() => FuzzAsync(10_000);

    private static async Task FuzzAsync(int rounds)
    {
        Random random = TestSeed.For(nameof(HostileManifestTests));
        await using TreeBench bench = await TreeBench.OpenAsync();
        BlobRef content = await bench.StoreAsync("content");
        TreeBench.Write(bench["victim"], "here", [1]);
        string[] outside = TreeBench.Describe(bench["victim"]);
        int made = 0;
        for (int round = 0; round < rounds; round++)
        {
            DirectoryEntry[] entries = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => Entry(random, content))];
            string what = $"seed {TestSeed.Value}, round {round}: {string.Join(" | ", entries.Select(e => $"{e.Kind} {e.Path} {e.Target}"))}";
            BlobRef tree = await bench.StoreAsync(RawManifest.Of(entries));
            var options = new DirectoryGetOptions { Rules = (EntryRules)random.Next(2), SkipUnsafeLinks = random.Next(4) == 0, Delete = random.Next(2) == 0 };
            try
            {
                await bench.FetchAsync(tree, "out", options);
                made++;
                AssertInside(bench["out"], what);
            }
            catch (DatafortsException error)
            {
                Assert.True(error.Kind is ErrorKind.UnsafeEntry or ErrorKind.Exists, $"{what}: {error}");
            }
            Assert.True(outside.SequenceEqual(TreeBench.Describe(bench["victim"])), what);
            Assert.True(Directory.EnumerateFileSystemEntries(bench.Around).All(path => Path.GetFileName(path) is "victim" or "out"), what);
            if (random.Next(3) == 0 && Directory.Exists(bench["out"])) Directory.Delete(bench["out"], recursive: true);
        }
        Assert.InRange(made, rounds / 50, rounds);
    }

    private static DirectoryEntry Entry(Random random, BlobRef content)
    {
        string path = PathOf(random, random.Next(8) == 0 ? Components.Length : 4);
        return random.Next(3) switch
        {
            0 => DirectoryEntry.File(path, content, (uint)random.Next(0x1000)),
            1 => DirectoryEntry.Folder(path, (uint)random.Next(0x1000)),
            _ => DirectoryEntry.Symlink(path, PathOf(random, random.Next(3) == 0 ? Components.Length : 9)),
        };
    }

    private static string PathOf(Random random, int choices) =>
        (random.Next(20) == 0 ? "/" : "") + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Components[random.Next(choices)]));

    // Where the system itself says that a link leads.
    private static void AssertInside(string root, string what)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (new FileInfo(path).LinkTarget is null) continue;
            string end = WhereItEnds(path);
            Assert.True(end == root || end.StartsWith(root + "/", StringComparison.Ordinal), $"{what}: {path} leads to {end}");
        }
    }

    // As the kernel goes through a path, but for what is not there.
    private static string WhereItEnds(string path)
    {
        var left = new Stack<string>(path.Split('/').Reverse());
        string at = "";
        for (int steps = 0; left.TryPop(out string? name) && steps < 1000; steps++)
        {
            if (name is "" or ".") continue;
            if (name == "..")
            {
                at = at[..Math.Max(0, at.LastIndexOf('/'))];
                continue;
            }
            if (new FileInfo($"{at}/{name}").LinkTarget is not { } target)
            {
                at = $"{at}/{name}";
                continue;
            }
            if (target.StartsWith('/')) at = "";
            foreach (string part in target.Split('/').Reverse()) left.Push(part);
        }
        return at;
    }
}
