using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A writer over a damaged store, which removes, compacts and closes it: what could be read before can be read after, and what was
/// removed is not back unless a file is named as damaged.</summary>
public sealed class DamagedCompactionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_flipped_bit_costs_what_it_hit_and_nothing_else(bool hinted) => FlipAsync(hinted, step: 23);

    [Theory]
    [Slow]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_flipped_bit_in_any_byte_costs_what_it_hit_and_nothing_else(bool hinted) => FlipAsync(hinted, step: 1);

    private static async Task FlipAsync(bool hinted, int step)
    {
        using SampleStore sample = hinted ? await SampleStore.MakeHintedAsync() : await SampleStore.MakeAsync(crashed: false, chunks: 8);
        byte[] whole = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        Random random = TestSeed.For($"{nameof(DamagedCompactionTests)} {hinted}");
        for (int at = random.Next(step); at < whole.Length; at += step)
        {
            string copy = sample.Copy();
            byte[] bytes = [.. whole];
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(SampleStore.Segment(copy), bytes);
            await CompactAsync(sample, copy, $"seed {TestSeed.Value}, byte {at}");
        }
    }

    private static async Task CompactAsync(SampleStore sample, string path, string where)
    {
        HashSet<BlobHash> readable;
        string[] names;
        await using (ChunkStore reader = await SampleStore.OpenAsync(path, writable: false))
        {
            readable = Readable(sample, reader);
            names = Names(reader);
        }
        bool skipped;
        BlobHash victim = sample.Chunks.Keys.Last();
        await using (ChunkStore writer = await SampleStore.OpenAsync(SampleStore.OptionsOf(path) with { MinHintedBytes = 256 }))
        {
            writer.Put(ChunkVerifier.Hash("more"u8.ToArray()));
            Assert.Equal(readable.Contains(victim) || writer.Contains(victim) ? 1 : 0, writer.Remove([victim]));
            skipped = (await writer.CompactAsync(new CompactionOptions { MinGarbageRatio = 1e-9 }, cancellationToken: Cancel)).SkippedSegments > 0;
        }
        for (int round = 0; round < 2; round++)
        {
            await using ChunkStore store = await SampleStore.OpenAsync(path, writable: round == 1);
            HashSet<BlobHash> now = Readable(sample, store);
            Assert.True(readable.Where(hash => hash != victim).All(now.Contains), $"{where}, round {round}: a chunk is lost");
            Assert.False(store.Contains(victim), $"{where}, round {round}: what was removed is back");
            Assert.True(names.All(Names(store).Contains), $"{where}, round {round}: a name is lost");
            bool isDamaged = store.FindDamagedFiles(Cancel).Count > 0;
            Assert.True(isDamaged || !sample.Removed.Keys.Any(now.Contains), $"{where}, round {round}: what was removed is back, and nothing told");
            Assert.True(isDamaged || !skipped || now.Count < store.Info.Chunks - 1, $"{where}, round {round}: a segment was skipped, and nothing is wrong");
        }
    }

    private static HashSet<BlobHash> Readable(SampleStore sample, ChunkStore store)
    {
        var readable = new HashSet<BlobHash>();
        foreach ((BlobHash hash, byte[] content) in sample.Chunks.Concat(sample.Removed))
        {
            try
            {
                using ChunkBuffer? buffer = store.Read(hash);
                if (buffer is null) continue;
                Assert.True(buffer.Memory.Span.SequenceEqual(content));
                readable.Add(hash);
            }
            catch (IntegrityException error)
            {
                Assert.Equal(hash, error.Hash);
            }
        }
        return readable;
    }

    private static string[] Names(ChunkStore store)
    {
        try
        {
            return [.. store.ListNames().Select(entry => $"{entry.Name} {entry.Ref.ToText()}")];
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            return [];
        }
    }
}
