using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>A process killed while it collects and compacts: what has a name is there, and nothing else is when the next one has collected.</summary>
public sealed class CollectionCrashTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_kill_during_collection_loses_nothing() => KillAsync("fast", 6);

    [Fact]
    [Slow]
    public Task A_first_hundred_kills_during_collection_lose_nothing() => KillAsync("first", 100);

    [Fact]
    [Slow]
    public Task A_second_hundred_kills_during_collection_lose_nothing() => KillAsync("second", 100);

    private static async Task KillAsync(string round, int kills)
    {
        Random random = TestSeed.For($"{nameof(CollectionCrashTests)} {round}");
        using var folder = new TempFolder();
        var names = new Dictionary<string, int>();
        for (int kill = 0; kill < kills; kill++)
        {
            string[] unsure = await ChurnAsync(folder["store"], random.Next(), random.Next(10, 150), TimeSpan.FromMilliseconds(random.Next(15)), names);
            await VerifyAsync(folder["store"], names, unsure, $"seed {TestSeed.Value}, {round}, kill {kill}, {string.Join(' ', unsure)}");
        }
    }

    // What it said it was about to do and not that it had done; empty for nothing.
    private static async Task<string[]> ChurnAsync(string path, int seed, int lines, TimeSpan rest, Dictionary<string, int> names)
    {
        using ChildProcess child = ChildProcess.Start("keep", path, seed.ToString(CultureInfo.InvariantCulture));
        string[] unsure = [];
        for (int i = 0; i < lines; i++) unsure = Take(await child.ReadLineAsync() ?? throw new InvalidOperationException("the child ended"), names);
        await Task.Delay(rest, TimeProvider.System, Cancel);
        child.Kill();
        foreach (string line in await child.ReadRestAsync()) unsure = Take(line, names);
        await child.WaitAsync();
        return unsure;
    }

    private static string[] Take(string line, Dictionary<string, int> names)
    {
        string[] words = line.Split(' ');
        if (words[0] == "?") return words;
        if (words[1] == "end") names.Remove(words[2]);
        else names[words[2]] = int.Parse(words[3], CultureInfo.InvariantCulture);
        return [];
    }

    private static async Task VerifyAsync(string path, Dictionary<string, int> names, string[] unsure, string where)
    {
        await using BlobStore store = await BlobStore.OpenAsync(SampleStore.OptionsOf(path), Cancel);
        if (unsure.Length > 0) Settle(store, names, unsure);
        Assert.Equal(names.Keys.Order(StringComparer.Ordinal), store.Chunks.ListNames().Select(entry => entry.Name));
        await using var collector = new Collector(store);
        foreach (bool collected in (bool[])[false, true])
        {
            if (collected) await collector.CollectAsync(new CollectionOptions { SkipsGrace = true }, null, Cancel);
            foreach ((string name, int content) in names)
            {
                BlobRef blob = store.Chunks.FindName(name)!.Ref;
                byte[] read = await store.ReadBytesAsync(blob, null, Cancel);
                Assert.True(Keeper.ContentOf(content).AsSpan().SequenceEqual(read), $"{where}: {name}");
                BlobStat stat = await store.StatAsync(blob, Cancel);
                Assert.True(stat.MissingChunks.Count + stat.CorruptChunks.Count == 0, where);
            }
        }
        StoreVerification found = await store.VerifyAsync(false, null, null, Cancel);
        Assert.True(found.IsSound, where);
        CollectionReport again = await collector.CollectAsync(new CollectionOptions { SkipsGrace = true, IsDryRun = true }, null, Cancel);
        Assert.True(again.CollectedChunks == 0, where);
        LifecycleCounters counters = await collector.SettleAsync(Cancel);
        Assert.True(counters.UnreferencedChunks == 0 && counters.ReferencedChunks == store.Chunks.Info.Chunks, where);
    }

    // The change under way may have happened or not.
    private static void Settle(BlobStore store, Dictionary<string, int> names, string[] unsure)
    {
        NameEntry? entry = store.Chunks.FindName(unsure[2]);
        if (entry is null && unsure[1] == "end") names.Remove(unsure[2]);
        if (entry is null || unsure[1] == "end") return;
        int content = int.Parse(unsure[3], CultureInfo.InvariantCulture);
        if (entry.Ref.SizeBytes == (ulong)Keeper.ContentOf(content).Length) names[unsure[2]] = content;
    }
}
