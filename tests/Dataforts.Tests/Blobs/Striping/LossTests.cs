using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs.Striping;

/// <summary>Any m of the objects stored for a blob are lost, and every byte is read: data, parity, nodes and copies alike.</summary>
public sealed class LossTests
{
    private const int Chunk = 1000;

    /// <summary>k, m, whole chunks, bytes of a last one, and what kind of content.</summary>
    public static TheoryData<int, int, int, int, string> Shapes => new()
    {
        { 3, 2, 3, 0, "random" },
        { 3, 2, 4, 0, "random" },
        { 3, 2, 5, 0, "random" },
        { 3, 2, 3, 17, "random" },
        { 3, 2, 0, 700, "random" },
        { 3, 2, 1, 0, "random" },
        { 3, 2, 1, 1, "random" },
        { 3, 2, 0, 1, "random" },
        { 3, 2, 0, 2, "random" },
        { 2, 2, 3, 0, "random" },
        { 2, 1, 2, 0, "random" },
        { 2, 3, 1, 5, "random" },
        { 1, 2, 1, 0, "random" },
        { 1, 2, 2, 0, "random" },
        { 1, 2, 3, 0, "random" },
        { 1, 1, 5, 3, "random" },
        { 1, 2, 0, 1, "zero" },
        { 3, 2, 1, 0, "zero" },
        { 3, 2, 4, 0, "zero" },
        { 3, 2, 7, 1, "zero" },
        { 2, 2, 3, 999, "zero" },
        { 3, 2, 7, 0, "pairs" },
        { 3, 2, 6, 5, "pairs" },
        { 3, 2, 7, 0, "alternating" },
        { 2, 2, 5, 0, "alternating" },
        { 3, 2, 5, 3, "returning" },
        { 4, 3, 5, 0, "returning" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Any_m_objects_may_be_lost(int k, int m, int chunks, int rest, string kind) =>
        await LoseAsync(k, m, Content(kind, (chunks * Chunk) + rest), ChunkingProfile.Fixed(Chunk), new Random(1), sample: 250);

    [Theory]
    [Slow]
    [MemberData(nameof(Shapes))]
    public async Task Every_combination_of_m_objects_may_be_lost(int k, int m, int chunks, int rest, string kind) =>
        await LoseAsync(k, m, Content(kind, (chunks * Chunk) + rest), ChunkingProfile.Fixed(Chunk), new Random(1), sample: 20_000);

    [Theory]
    [InlineData(10, 4, 300_000)]
    [InlineData(20, 6, 500_000)]
    [InlineData(100, 28, 400_000)]
    [InlineData(127, 1, 300_000)]
    [InlineData(1, 126, 3_000)]
    [InlineData(1, 127, 3_000)]
    [InlineData(2, 126, 4_000)]
    public async Task Any_m_objects_of_large_stripes_may_be_lost(int k, int m, int length) =>
        await LoseAsync(k, m, Payload.Random(5, length), Payload.Tiny, TestSeed.For(nameof(LossTests)), sample: 15);

    [Fact]
    public async Task Any_m_objects_of_tiny_chunks_in_filled_leaves_may_be_lost() =>
        await LoseAsync(3, 2, Payload.Random(6, 3_000), ChunkingProfile.Fixed(5), TestSeed.For(nameof(LossTests)), sample: 25);

    private static async Task LoseAsync(int k, int m, byte[] content, ChunkingProfile profile, Random random, int sample)
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        PutResult put = await store.PutAsync(new MemoryStream(content), new PutOptions { Profile = profile, Encoding = BlobEncoding.ReedSolomon(k, m) });
        Assert.Equal(m, put.ToleratedLosses);
        var reader = new BlobReader(store.Chunks, new TreeNodeCache(0));
        Assert.Equal(content, await reader.ReadBytesAsync(put.Ref));
        (BlobHash Hash, RecordLocation Place)[] objects = StripedStore.Objects(store);
        foreach (int[] lost in Combinations(objects.Length, m, sample, random))
        {
            foreach (int i in lost) StripedStore.Harm(store, objects[i].Place);
            byte[] read = await reader.ReadBytesAsync(put.Ref);
            Assert.True(content.AsSpan().SequenceEqual(read), $"lost {string.Join(' ', lost.Select(i => objects[i]))}");
            foreach (int i in lost) StripedStore.Harm(store, objects[i].Place);
        }
    }

    // All of them where they are few, else some.
    private static IEnumerable<int[]> Combinations(int count, int size, int most, Random random)
    {
        size = Math.Min(size, count);
        double all = 1;
        for (int i = 0; i < size; i++) all = all * (count - i) / (i + 1);
        if (all > most)
        {
            for (int i = 0; i < most; i++) yield return [.. random.GetItems([.. Enumerable.Range(0, count)], 4 * size).Distinct().Take(size)];
            yield break;
        }
        int[] next = [.. Enumerable.Range(0, size)];
        while (true)
        {
            yield return next;
            int at = size - 1;
            while (at >= 0 && next[at] == count - size + at) at--;
            if (at < 0) yield break;
            next = [.. next[..at], .. Enumerable.Range(next[at] + 1, size - at)];
        }
    }

    private static byte[] Content(string kind, int length)
    {
        byte[] a = Payload.Random(1, Chunk), b = Payload.Random(2, Chunk), c = Payload.Random(3, Chunk);
        byte[][] pattern = kind switch
        {
            "zero" => [new byte[Chunk]],
            "pairs" => [a, a, b, b, c, c],
            "alternating" => [a, b],
            "returning" => [a, b, c, a],
            _ => [Payload.Random(4, Math.Max(1, length))],
        };
        byte[] content = new byte[length];
        for (int at = 0, i = 0; at < length; i++)
        {
            byte[] piece = pattern[i % pattern.Length];
            piece.AsSpan(0, Math.Min(piece.Length, length - at)).CopyTo(content.AsSpan(at));
            at += piece.Length;
        }
        return content;
    }
}
