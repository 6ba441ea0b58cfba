using System.Globalization;
using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A writer killed at any moment: what it had acknowledged is there, what it had not is there whole or not at all.</summary>
public sealed class CrashTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_was_acknowledged_survives_a_kill() => KillAsync(kills: 15, perStore: 15);

    [Fact]
    [Slow]
    public Task What_was_acknowledged_survives_two_hundred_kills() => KillAsync(kills: 200, perStore: 20);

    private static async Task KillAsync(int kills, int perStore)
    {
        Random random = TestSeed.For(nameof(CrashTests));
        for (int done = 0; done < kills; done += perStore)
        {
            using var folder = new TempFolder();
            ulong seed = (ulong)random.Next();
            var model = new Model();
            int next = 0;
            for (int kill = 0; kill < perStore; kill++)
            {
                int acknowledged = await ChurnAsync(folder["store"], seed, next, random.Next(300));
                for (; next <= acknowledged; next++) model.Take(Workload.At(seed, next));
                // The step under way when it died may have happened or not; what is so then is what counts from there on.
                Workload.Step unsure = Workload.At(seed, next++);
                await VerifyAsync(folder["store"], model, unsure, $"seed {TestSeed.Value}, kill {done + kill}, step {next - 1} ({unsure})", kill % 3 == 0);
            }
        }
    }

    /// <summary>Runs a child until it has acknowledged some steps, kills it, and says which it acknowledged last.</summary>
    private static async Task<int> ChurnAsync(string path, ulong seed, int first, int steps)
    {
        using ChildProcess child = ChildProcess.Start("churn", path, seed.ToString(CultureInfo.InvariantCulture), first.ToString(CultureInfo.InvariantCulture));
        int last = first - 1;
        for (int i = 0; i < steps; i++)
        {
            string? line = await child.ReadLineAsync();
            Assert.NotNull(line);
            last = int.Parse(line, CultureInfo.InvariantCulture);
        }
        child.Kill();
        foreach (string line in await child.ReadRestAsync()) last = int.Parse(line, CultureInfo.InvariantCulture);
        await child.WaitAsync();
        return last;
    }

    private static async Task VerifyAsync(string path, Model model, Workload.Step unsure, string where, bool readFirst)
    {
        if (readFirst && File.Exists(Path.Combine(path, "dataforts.store")))
        {
            await using ChunkStore early = await SampleStore.OpenAsync(path, writable: false);
            model.Check(early, unsure, where);
            Assert.True(early.FindDamagedFiles(Cancel).Count == 0, $"{where}: {string.Join('\n', early.DescribeDamage())}");
        }
        await using (ChunkStore writer = await SampleStore.OpenAsync(path, writable: true)) model.Check(writer, unsure, where);
        NameEntry[] indexed;
        await using (ChunkStore reader = await SampleStore.OpenAsync(path, writable: false))
        {
            indexed = [.. reader.ListNames()];
            model.Check(reader, unsure, where);
            Assert.True(reader.FindDamagedFiles(Cancel).Count == 0, $"{where}: {string.Join('\n', reader.DescribeDamage())}");
        }
        // Without the index the names are read from the log.
        ScratchFolder.Copy(path, path + "-copy");
        File.Delete(Path.Combine(path + "-copy", "names.sqlite"));
        await using (ChunkStore log = await SampleStore.OpenAsync(path + "-copy", writable: false))
        {
            Assert.Equal(indexed, log.ListNames());
            model.Adopt(log);
        }
    }

    /// <summary>What must be in the store.</summary>
    private sealed class Model
    {
        private readonly HashSet<int> _chunks = [];
        private readonly Dictionary<string, BlobRef> _names = new(StringComparer.Ordinal);
        private readonly HashSet<BlobRef> _pins = [];

        public void Take(Workload.Step step)
        {
            switch (step.Deed)
            {
                case Workload.Deed.Put:
                    _chunks.Add(step.Chunk);
                    break;
                case Workload.Deed.SetName:
                    _names[step.Name] = Workload.RefOf(step.Chunk);
                    break;
                case Workload.Deed.RemoveName:
                    _names.Remove(step.Name);
                    break;
                case Workload.Deed.Pin:
                    _pins.Add(Workload.RefOf(step.Chunk));
                    break;
            }
        }

        public void Check(ChunkStore store, Workload.Step unsure, string where)
        {
            foreach (int chunk in _chunks)
            {
                byte[] content = Workload.Content(chunk);
                using ChunkBuffer? buffer = store.Read(BlobHash.Compute(content));
                Assert.True(buffer is not null && buffer.Memory.Span.SequenceEqual(content), $"{where}: chunk {chunk} is lost");
            }
            foreach ((BlobHash hash, _) in store.Enumerate()) store.Read(hash)!.Dispose();
            Dictionary<string, BlobRef> found = store.ListNames().ToDictionary(n => n.Name, n => n.Ref);
            foreach (string name in _names.Keys.Union(found.Keys))
            {
                BlobRef? wanted = _names.GetValueOrDefault(name), is_ = found.GetValueOrDefault(name);
                bool mayBeNext = name == unsure.Name
                    && ((unsure.Deed == Workload.Deed.SetName && is_ == Workload.RefOf(unsure.Chunk))
                        || (unsure.Deed == Workload.Deed.RemoveName && is_ is null));
                Assert.True(is_ == wanted || mayBeNext, $"{where}: {name} is {is_?.ToText() ?? "not there"} and should be {wanted?.ToText() ?? "not there"}");
            }
            foreach (BlobRef pin in _pins.Except(store.ListPins().Select(p => p.Ref))) Assert.Fail($"{where}: the pin of {pin.ToText()} is lost");
        }

        /// <summary>What the unsure step left is so from now on.</summary>
        public void Adopt(ChunkStore store)
        {
            _names.Clear();
            foreach (NameEntry entry in store.ListNames()) _names[entry.Name] = entry.Ref;
        }
    }
}
