using Dataforts.Content;
using Dataforts.Directories;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Directories;

/// <summary>Runs killed at any moment: the tree is one of the two, whole, and after recovery nothing is beside it.</summary>
public sealed class KilledFetchTests
{
    [Fact]
    public async Task A_killed_run_leaves_one_tree_or_the_other()
    {
        await KillAsync(6, mayExchange: true);
        await KillAsync(6, mayExchange: false);
    }

    [Fact, Slow]
    public Task Fifty_killed_runs_leave_one_tree_or_the_other() => KillAsync(50, mayExchange: true);

    [Fact, Slow]
    public Task Fifty_killed_runs_that_rename_twice_leave_one_tree_or_the_other() => KillAsync(50, mayExchange: false);

    private static async Task KillAsync(int kills, bool mayExchange)
    {
        Random random = TestSeed.For($"{nameof(KilledFetchTests)} {mayExchange}");
        await using TreeBench bench = await TreeBench.OpenAsync();
        string[] one = TreeBench.Describe(MakeSmall(bench, "one", 1)), two = TreeBench.Describe(MakeSmall(bench, "two", 2));
        BlobRef[] trees = [await bench.PublishAsync("one"), await bench.PublishAsync("two")];
        Directory.CreateDirectory(bench["place"]);
        int cutOff = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            string where = $"seed {TestSeed.Value}, kill {kill}";
            bool hadTree = Directory.Exists(bench["place/tree"]);
            using (ChildProcess child = ChildProcess.Start(
                "trees", bench.Blobs.Chunks.Path, bench["place/tree"], mayExchange ? "exchange" : "rename", trees[0].ToText(), trees[1].ToText()))
            {
                for (int i = random.Next(4); i > 0; i--) Assert.NotNull(await child.ReadLineAsync());
                await Task.Delay(random.Next(12), TreeBench.Cancel);
                child.Kill();
                await child.WaitAsync();
            }
            string[] found = TreeBench.Describe(bench["place/tree"]);
            bool isWhole = found.SequenceEqual(one) || found.SequenceEqual(two);
            // Between two renames there is no tree until it is recovered.
            Assert.True(isWhole || (found.Length == 0 && (!hadTree || !mayExchange) && !Directory.Exists(bench["place/tree"])), where);
            if (Directory.EnumerateFileSystemEntries(bench["place"]).Any(path => Path.GetFileName(path) != "tree")) cutOff++;
            // Recovered on demand, or by the next run to the place, or to another place beside it.
            if (kill % 3 == 0) DirectoryStore.Recover(bench["place"]);
            else if (kill % 3 == 1) await bench.FetchAsync(trees[0], "place/other");
            else await bench.FetchAsync(trees[1], "place/tree");
            string[] left = [.. Directory.EnumerateFileSystemEntries(bench["place"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
            Assert.True(left.All(name => name is "tree" or "other"), $"{where}: {string.Join(' ', left)}");
            found = TreeBench.Describe(bench["place/tree"]);
            Assert.True(found.SequenceEqual(one) || found.SequenceEqual(two) || (!hadTree && found.Length == 0), where);
        }
        Assert.True(kills < 20 || cutOff > 0, "no run was killed at work");
    }

    private static string MakeSmall(TreeBench bench, string name, int number)
    {
        for (int i = 0; i < 40; i++) TreeBench.Write(bench[name], $"{i % 5}/{i}", SpecRandom.Bytes((ulong)((i * 3) + (i % 2 == 0 ? 0 : number)), 500));
        File.CreateSymbolicLink(Path.Combine(bench[name], "link"), $"{number}/{number}");
        TreeBench.SetMode(Path.Combine(bench[name], "3"), 0x140);
        return bench[name];
    }
}
