using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A small store, closed in order or left by a writer that died, and what went into it.</summary>
internal sealed class SampleStore : IDisposable
{
    public const int SmallSegment = 64 * 1024;
    private readonly ScratchFolder _folder = new();

    public string Path { get; private set; }

    private SampleStore() => Path = _folder["store"];

    public Dictionary<BlobHash, byte[]> Chunks { get; } = [];

    public Dictionary<string, BlobRef> Names { get; } = [];

    /// <summary>A copy of the store to do harm to.</summary>
    public string Copy()
    {
        ScratchFolder.Copy(Path, _folder["copy"]);
        return _folder["copy"];
    }

    /// <summary>From now on the store is a copy of what it was.</summary>
    public string MoveToCopy()
    {
        string copy = _folder[$"store-{Guid.NewGuid():N}"];
        ScratchFolder.Copy(Path, copy);
        return Path = copy;
    }

    /// <summary>Makes one. A crash is what a copy of the files looks like that is made while the writer has them open.</summary>
    public static async Task<SampleStore> MakeAsync(bool crashed, int chunks = 9, int rolls = 0, bool flushed = false)
    {
        var sample = new SampleStore();
        string live = crashed ? sample._folder["live"] : sample.Path;
        ChunkStore store = await OpenAsync(live, writable: true);
        await using (store)
        {
            for (int i = 0; i < chunks; i++) sample.Put(store, SpecRandom.Bytes((ulong)i, i * 23 % 150));
            for (int i = 0; i < rolls; i++) sample.Put(store, SpecRandom.Bytes((ulong)(1000 + i), SmallSegment - 200));
            foreach ((BlobHash hash, byte[] content) in sample.Chunks.Take(4).ToList())
                sample.Name(store, $"name-{sample.Names.Count}", SmallRef.Create(hash, (ulong)content.Length));
            sample.Name(store, "name-0", sample.Names["name-3"]);
            store.Pin(sample.Names["name-1"]);
            if (flushed) await store.FlushAsync(TestContext.Current.CancellationToken);
            if (crashed) ScratchFolder.Copy(live, sample.Path);
        }
        return sample;
    }

    public static Task<ChunkStore> OpenAsync(string path, bool writable) => ChunkStore.OpenAsync(
        new StoreOptions { Path = path, Writable = writable, SegmentBytes = SmallSegment, LockTimeout = TimeSpan.Zero }, TestContext.Current.CancellationToken);

    public static string Segment(string path, uint id = 1) => System.IO.Path.Combine(path, "log", $"{id:D16}.segment");

    /// <summary>Rewrites the checkpoint as if the machine had booted since.</summary>
    public static void LosePower(string path)
    {
        Checkpoint checkpoint = Checkpoint.Load(StorageDevice.System, path, StoreHeader.Load(StorageDevice.System, path).StoreId);
        (checkpoint with { BootId = Guid.NewGuid() }).Save(StorageDevice.System, path, 0);
    }

    public void Put(ChunkStore store, byte[] content)
    {
        VerifiedChunk chunk = ChunkVerifier.Hash(content);
        store.Put(chunk);
        Chunks[chunk.Hash] = content;
    }

    public void Name(ChunkStore store, string name, BlobRef blob)
    {
        store.SetName(name, blob);
        Names[name] = blob;
    }

    /// <summary>All that went in comes out.</summary>
    public void AssertWhole(ChunkStore store)
    {
        Assert.Equal(Chunks.Count, store.Info.Chunks);
        foreach ((BlobHash hash, byte[] content) in Chunks) AssertHolds(store, hash, content);
        AssertNames(store);
    }

    public void AssertNames(ChunkStore store)
    {
        Assert.Equal(Names.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => (n.Key, n.Value)), store.ListNames().Select(n => (n.Name, n.Ref)));
        foreach ((string name, BlobRef blob) in Names) Assert.Equal(blob, store.FindName(name)?.Ref);
    }

    public static void AssertHolds(ChunkStore store, BlobHash hash, byte[] content)
    {
        Assert.True(store.Contains(hash));
        Assert.Equal(content.Length, store.LengthOf(hash));
        using ChunkBuffer? buffer = store.Read(hash);
        Assert.NotNull(buffer);
        Assert.True(buffer.Memory.Span.SequenceEqual(content));
    }

    /// <summary>Nothing comes out that did not go in. Says how many chunks could not be read.</summary>
    public int AssertTrue(ChunkStore store)
    {
        int broken = 0;
        foreach ((BlobHash hash, int length) in store.Enumerate())
        {
            Assert.True(Chunks.TryGetValue(hash, out byte[]? content), "a chunk that was never put");
            Assert.Equal(content.Length, length);
            try
            {
                using ChunkBuffer? buffer = store.Read(hash);
                Assert.True(buffer!.Memory.Span.SequenceEqual(content));
            }
            catch (IntegrityException error)
            {
                Assert.Equal(hash, error.Hash);
                broken++;
            }
        }
        return broken;
    }

    public void Dispose() => _folder.Dispose();
}
