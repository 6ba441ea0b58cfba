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

    /// <summary>What was put and taken out again: nobody misses it, and damage to what removed it may bring it back.</summary>
    public Dictionary<BlobHash, byte[]> Removed { get; } = [];

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

    /// <summary>Makes one that has all there is since version 2: marks, removals, and a hint file that speaks of the most part of its segment.</summary>
    public static async Task<SampleStore> MakeHintedAsync()
    {
        var sample = new SampleStore();
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using (ChunkStore store = await OpenAsync(OptionsOf(sample.Path) with { MinHintedBytes = 256 }))
        {
            for (int i = 0; i < 5; i++) sample.Put(store, SpecRandom.Bytes((ulong)i, i * 23 % 150));
            await store.FlushAsync(cancel);
            for (int i = 0; i < 3; i++) sample.Put(store, SpecRandom.Bytes(100 + (ulong)i, 61));
            foreach (BlobHash hash in sample.Chunks.Keys.Skip(1).Take(2))
                sample.Name(store, $"name-{sample.Names.Count}", SmallRef.Create(hash, (ulong)sample.Chunks[hash].Length));
            store.Pin(sample.Names["name-1"]);
            sample.Remove(store, 5);
        }
        await using (ChunkStore store = await OpenAsync(OptionsOf(sample.Path)))
        {
            sample.Put(store, SpecRandom.Bytes(200, 45));
            sample.Remove(store, 6);
            sample.Name(store, "name-0", sample.Names["name-1"]);
            await store.FlushAsync(cancel);
            sample.Put(store, SpecRandom.Bytes(201, 20));
        }
        return sample;
    }

    public static Task<ChunkStore> OpenAsync(string path, bool writable) => OpenAsync(OptionsOf(path, writable));

    public static Task<ChunkStore> OpenAsync(StoreOptions options) => ChunkStore.OpenAsync(options, TestContext.Current.CancellationToken);

    /// <summary>How the tests open a store: small segments, no waiting for another writer.</summary>
    public static StoreOptions OptionsOf(string path, bool writable = true) =>
        new() { Path = path, Writable = writable, SegmentBytes = SmallSegment, LockTimeout = TimeSpan.Zero };

    public static string Segment(string path, uint id = 1) => System.IO.Path.Combine(path, "log", $"{id:D16}.segment");

    public static string Hint(string path, uint id = 1) => System.IO.Path.Combine(path, "log", $"{id:D16}.hint");

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

    /// <summary>Takes out the chunk that is now the so-manyth to have gone in.</summary>
    public void Remove(ChunkStore store, int index)
    {
        (BlobHash hash, byte[] content) = Chunks.ElementAt(index);
        Assert.Equal(1, store.Remove([hash]));
        Chunks.Remove(hash);
        Removed[hash] = content;
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
            Assert.True(Chunks.TryGetValue(hash, out byte[]? content) || Removed.TryGetValue(hash, out content), "a chunk that was never put");
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
