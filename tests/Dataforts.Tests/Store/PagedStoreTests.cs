using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A store whose index may take no memory: the chunks of full segments are found through hint files, and nothing else is different.</summary>
public sealed class PagedStoreTests : IDisposable
{
    private const int Chunks = 400;
    private readonly ScratchFolder _folder = new();
    private readonly Dictionary<BlobHash, byte[]> _model = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_put_removed_and_compacted_is_the_same_as_in_memory()
    {
        Random random = TestSeed.For(nameof(PagedStoreTests));
        for (int round = 0; round < 6; round++)
        {
            await using ChunkStore store = await OpenAsync(writable: true);
            AssertIsModel(store, $"round {round}");
            for (int i = 0; i < Chunks; i++) Put(store, SpecRandom.Bytes((ulong)random.Next(Chunks * 3), 1000));
            BlobHash[] gone = [.. _model.Keys.OrderBy(_ => random.Next()).Take(_model.Count / 3)];
            Assert.Equal(gone.Length, store.Remove(gone));
            foreach (BlobHash hash in gone) _model.Remove(hash);
            AssertIsModel(store, $"round {round}, removed");
            if (round % 2 == 1) await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.2 }, null, Cancel);
            AssertIsModel(store, $"round {round}, compacted");
        }
        await using ChunkStore reader = await OpenAsync(writable: false);
        AssertIsModel(reader, "reader");
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task Chunks_of_full_segments_are_not_in_memory()
    {
        await FillAsync();
        await using ChunkStore paged = await OpenAsync(writable: false);
        await using ChunkStore unlimited = await ChunkStore.OpenAsync(SampleStore.OptionsOf(Path) with { Writable = false, IndexMemoryBytes = null }, Cancel);
        Assert.Equal(unlimited.Info.Chunks, paged.Info.Chunks);
        Assert.Equal(paged.Info.Segments - 1, paged.SegmentsOnDisk);
        Assert.Equal(0, unlimited.SegmentsOnDisk);
    }

    [Fact]
    public async Task A_damaged_page_is_made_anew_by_a_writer_and_told_by_a_reader()
    {
        await FillAsync();
        await using (ChunkStore reader = await OpenAsync(writable: false))
        {
            Spoil();
            DatafortsException error = Assert.ThrowsAny<DatafortsException>(() => AssertIsModel(reader, "reader"));
            Assert.Equal(ErrorKind.StoreDamaged, error.Kind);
            Assert.Contains(".hint", error.Message, StringComparison.Ordinal);
            Spoil();
        }
        await using ChunkStore writer = await OpenAsync(writable: true);
        Spoil();
        AssertIsModel(writer, "writer");
    }

    private void Spoil()
    {
        foreach (string hint in Directory.GetFiles(System.IO.Path.Combine(Path, "log"), "*.hint"))
        {
            using FileStream file = File.Open(hint, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            file.Position = 4096 + 100;
            int one = file.ReadByte();
            file.Position = 4096 + 100;
            file.WriteByte((byte)(one ^ 1));
        }
    }

    private Task<ChunkStore> OpenAsync(bool writable) => ChunkStore.OpenAsync(
        SampleStore.OptionsOf(Path) with { Writable = writable, MinHintedBytes = 1024, IndexMemoryBytes = 0, IndexCacheBytes = 0 }, Cancel);

    private async Task FillAsync()
    {
        await using ChunkStore store = await OpenAsync(writable: true);
        for (int i = 0; i < Chunks; i++) Put(store, SpecRandom.Bytes((ulong)i, 1000));
    }

    private void Put(ChunkStore store, byte[] content)
    {
        VerifiedChunk chunk = ChunkVerifier.Hash(content);
        Assert.Equal(!_model.ContainsKey(chunk.Hash), store.Put(chunk));
        _model[chunk.Hash] = content;
    }

    private void AssertIsModel(ChunkStore store, string where)
    {
        Assert.True(_model.Count == store.Info.Chunks, $"{where}: {store.Info.Chunks} chunks, {_model.Count} should be there");
        foreach ((BlobHash hash, byte[] content) in _model) SampleStore.AssertHolds(store, hash, content);
        for (int i = 0; i < 100; i++) Assert.False(store.Contains(BlobHash.Compute(BitConverter.GetBytes(i))), where);
        Assert.Equal(_model.Keys.Order(), store.Enumerate().Select(entry => entry.Key).Order());
    }
}
