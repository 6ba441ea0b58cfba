using System.Globalization;
using Dataforts.CrashChild;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A writer killed at any moment: what it had acknowledged is there, what it had not is there whole or not at all.</summary>
public sealed class CrashTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_was_acknowledged_survives_a_kill() => Task.WhenAll(KillAsync("one", kills: 8), KillAsync("two", kills: 8));

    [Fact]
    [Slow]
    public Task A_first_hundred_kills_lose_nothing_that_was_acknowledged() => HundredAsync(0);

    [Fact]
    [Slow]
    public Task A_second_hundred_kills_lose_nothing_that_was_acknowledged() => HundredAsync(1);

    [Fact]
    [Slow]
    public Task A_third_hundred_kills_lose_nothing_that_was_acknowledged() => HundredAsync(2);

    [Fact]
    [Slow]
    public Task A_fourth_hundred_kills_lose_nothing_that_was_acknowledged() => HundredAsync(3);

    [Fact]
    [Slow]
    public Task A_fifth_hundred_kills_lose_nothing_that_was_acknowledged() => HundredAsync(4);

    // In five tests, which come into different slices of the slow lane.
    private static async Task HundredAsync(int hundred)
    {
        for (int round = 2 * hundred; round < 2 * (hundred + 1); round++)
            await Task.WhenAll(KillAsync($"{round}", kills: 25), KillAsync($"{round}, beside", kills: 25));
    }

    private static async Task KillAsync(string round, int kills)
    {
        Random random = TestSeed.For($"{nameof(CrashTests)} {round}");
        using var folder = new TempFolder();
        ulong seed = (ulong)random.Next();
        var model = new CrashModel();
        int next = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            int acknowledged = await ChurnAsync(folder["store"], seed, next, random.Next(120), TimeSpan.FromMilliseconds(random.Next(8)));
            for (; next <= acknowledged; next++) model.Take(Workload.At(seed, next));
            // The step under way when it died may have happened or not; what is so then is what counts from there on.
            Workload.Step unsure = Workload.At(seed, next++);
            string where = $"seed {TestSeed.Value}, round {round}, kill {kill}, step {next - 1} ({unsure})";
            await VerifyAsync(folder["store"], model, unsure, where, readFirst: kill % 3 == 0, hints: kill % 2 == 0);
        }
    }

    /// <summary>Runs a child until it has acknowledged some steps, kills it, and says which it acknowledged last.</summary>
    private static async Task<int> ChurnAsync(string path, ulong seed, int first, int steps, TimeSpan rest)
    {
        using ChildProcess child = ChildProcess.Start("churn", path, seed.ToString(CultureInfo.InvariantCulture), first.ToString(CultureInfo.InvariantCulture));
        int last = first - 1;
        for (int i = 0; i < steps; i++)
        {
            string? line = await child.ReadLineAsync();
            Assert.NotNull(line);
            last = int.Parse(line, CultureInfo.InvariantCulture);
        }
        await Task.Delay(rest, TimeProvider.System, Cancel);
        child.Kill();
        foreach (string line in await child.ReadRestAsync()) last = int.Parse(line, CultureInfo.InvariantCulture);
        await child.WaitAsync();
        return last;
    }

    private static async Task VerifyAsync(string path, CrashModel model, Workload.Step unsure, string where, bool readFirst, bool hints)
    {
        if (readFirst && File.Exists(Path.Combine(path, "dataforts.store")))
        {
            await using ChunkStore early = await SampleStore.OpenAsync(path, writable: false);
            model.Check(early, unsure, where);
            Assert.True(early.FindDamagedFiles(Cancel).Count == 0, $"{where}: {string.Join('\n', early.DescribeDamage())}");
        }
        StoreOptions options = SampleStore.OptionsOf(path) with { MinHintedBytes = hints ? 8 * 1024 : long.MaxValue };
        await using (ChunkStore writer = await SampleStore.OpenAsync(options))
        {
            AssertNothingIsLeftOver(path, where);
            model.Check(writer, unsure, where);
        }
        NameEntry[] indexed;
        await using (ChunkStore reader = await SampleStore.OpenAsync(path, writable: false))
        {
            indexed = [.. reader.ListNames()];
            model.Check(reader, unsure, where);
            Assert.True(reader.FindDamagedFiles(Cancel).Count == 0, $"{where}: {string.Join('\n', reader.DescribeDamage())}");
        }
        // Without what is derived, all is read from the log.
        ScratchFolder.Copy(path, path + "-copy");
        File.Delete(Path.Combine(path + "-copy", "names.sqlite"));
        foreach (string hint in Directory.GetFiles(Path.Combine(path + "-copy", "log"), "*.hint")) File.Delete(hint);
        await using (ChunkStore log = await SampleStore.OpenAsync(path + "-copy", writable: false))
        {
            Assert.Equal(indexed, log.ListNames());
            model.Check(log, unsure, where);
            model.Adopt(log);
        }
    }

    private static void AssertNothingIsLeftOver(string path, string where)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(path, "log")))
        {
            bool isKnown = file.EndsWith(".segment", StringComparison.Ordinal)
                || (file.EndsWith(".hint", StringComparison.Ordinal) && File.Exists(Path.ChangeExtension(file, ".segment")));
            Assert.True(isKnown, $"{where}: {file} is left over");
        }
    }
}
