using Dataforts.Directories;
using Dataforts.Directories.Installing;

namespace Dataforts.Tests.Directories;

/// <summary>Every state that a dead run can leave, made by hand.</summary>
public sealed class InstallRecoveryTests
{
    [Theory]
    [InlineData(0, true, false, true, "tree")]
    [InlineData(0, false, false, true, null)]
    [InlineData(1, true, false, true, "tree")]
    [InlineData(1, false, true, true, "old")]
    [InlineData(1, true, true, false, "tree")]
    [InlineData(0, false, true, false, "old")]
    public async Task What_a_dead_run_left_is_finished_or_undone(int phase, bool hasTree, bool hasOld, bool hasNew, string? kept)
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        InstallPaths paths = Leave(bench, (InstallPhase)phase, hasTree, hasOld, hasNew);
        Assert.Equal(1, DirectoryStore.Recover(bench.Around));
        Assert.Equal(kept is null ? [] : ["tree"], Directory.EnumerateFileSystemEntries(bench.Around).Select(Path.GetFileName));
        if (kept is not null) Assert.Equal(kept, File.ReadAllText(Path.Combine(paths.Destination, "who")));
        Assert.Equal(0, DirectoryStore.Recover(bench.Around));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task An_old_tree_is_never_removed_for_one_that_somebody_else_put_in_its_place(int phase, bool hasNew)
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        InstallPaths paths = Leave(bench, (InstallPhase)phase, hasTree: true, hasOld: true, hasNew);
        DatafortsException error = Assert.Throws<DatafortsException>(() => DirectoryStore.Recover(bench.Around));
        Assert.Equal(ErrorKind.Exists, error.Kind);
        Assert.Contains(paths.Old, error.Message, StringComparison.Ordinal);
        Assert.Equal(("tree", "old"), (File.ReadAllText(Path.Combine(paths.Destination, "who")), File.ReadAllText(Path.Combine(paths.Old, "who"))));
    }

    [Fact]
    public async Task A_journal_that_is_harmed_or_names_another_place_does_no_harm()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        InstallPaths paths = Leave(bench, InstallPhase.Building, hasTree: true, hasOld: false, hasNew: false);
        byte[] journal = File.ReadAllBytes(paths.Journal);
        for (int bit = 0; bit < journal.Length * 8; bit += 5)
        {
            byte[] harmed = [.. journal];
            harmed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(paths.Journal, harmed);
            DirectoryStore.Recover(bench.Around);
            Assert.Equal("tree", File.ReadAllText(Path.Combine(paths.Destination, "who")));
        }
        File.WriteAllBytes(bench[".dataforts-0123456789abcdef.journal"], journal);
        Directory.CreateDirectory(bench[".dataforts-0123456789abcdef.new"]);
        Assert.Equal(0, DirectoryStore.Recover(bench.Around));
        Assert.True(Directory.Exists(bench[".dataforts-0123456789abcdef.new"]));
    }

    [Fact]
    public async Task A_run_that_is_going_on_is_left_alone()
    {
        await using TreeBench bench = await TreeBench.OpenAsync();
        var paths = new InstallPaths(bench["tree"]);
        using (TreeInstall install = await TreeInstall.BeginAsync(paths.Destination, TimeSpan.Zero, TimeProvider.System, true, TreeBench.Cancel))
        {
            install.MakeNew(isDurable: false).Dispose();
            Assert.Equal(0, DirectoryStore.Recover(bench.Around));
            Assert.True(Directory.Exists(paths.New));
            DatafortsException busy = await Assert.ThrowsAsync<DatafortsException>(
                () => TreeInstall.BeginAsync(paths.Destination, TimeSpan.Zero, TimeProvider.System, true, TreeBench.Cancel));
            Assert.Equal(ErrorKind.DestinationInUse, busy.Kind);
        }
        Assert.Equal(1, DirectoryStore.Recover(bench.Around));
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Around));
    }

    private static InstallPaths Leave(TreeBench bench, InstallPhase phase, bool hasTree, bool hasOld, bool hasNew)
    {
        var paths = new InstallPaths(bench["tree"]);
        using (InstallJournal journal = InstallJournal.TryTake(paths.Journal)!) journal.Note(phase, "tree", isDurable: true);
        if (hasTree) TreeBench.Write(paths.Destination, "who", "tree"u8.ToArray());
        if (hasOld) TreeBench.Write(paths.Old, "who", "old"u8.ToArray());
        if (hasNew) TreeBench.Write(paths.New, "who", "new"u8.ToArray());
        return paths;
    }
}
