using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

public sealed class InspectionTests
{
    private static readonly PutOptions InThousands = new() { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(1000) };

    [Fact]
    public async Task A_missing_chunk_is_found_by_stat_and_under_names_and_pins_by_verify()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await OpenAsync(folder);
        BlobHash absent = BlobHash.Compute([9]), present = Put(store, [1, 2, 3]);
        BlobHash leaf = Put(store, new LeafNode([new(present, 3, ChunkRole.Data), new(absent, 1, ChunkRole.Data), new(present, 2, ChunkRole.Data)]).Encode());
        var blob = TreeRef.Create(BlobEncoding.Replicated, leaf, 6, 1);

        BlobStat stat = await store.StatAsync(blob);
        Assert.False(stat.IsPresent);
        Assert.Equal([absent], stat.MissingChunks);
        Assert.Equal([present], stat.CorruptChunks);
        Assert.Equal(1, stat.DistinctChunks);

        Assert.True((await store.VerifyAsync()).IsSound);
        store.Chunks.Pin(blob);
        await FindsAsync(store, missing: [absent], corrupt: [present]);
        store.Chunks.Unpin(blob);
        Assert.True((await store.VerifyAsync()).IsSound);
        store.Chunks.SetName("n", blob);
        await FindsAsync(store, missing: [absent], corrupt: [present]);
    }

    [Fact]
    public async Task A_missing_node_and_a_node_out_of_place_are_found()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await OpenAsync(folder);
        PutResult put = await store.PutAsync(new MemoryStream(Payload.Random(1, 150_000)), InThousands);
        var tree = (TreeRef)put.Ref;
        BlobHash absent = BlobHash.Compute([9]);
        Assert.Equal([absent], (await store.StatAsync(TreeRef.Create(default, absent, 1000, 2))).MissingChunks);
        Assert.Equal([tree.RootHash], (await store.StatAsync(TreeRef.Create(default, tree.RootHash, 150_001, 2))).CorruptChunks);
        Assert.Equal([tree.RootHash], (await store.StatAsync(TreeRef.Create(default, tree.RootHash, 150_000, 1))).CorruptChunks);
        Assert.NotEmpty((await store.StatAsync(TreeRef.Create(default, tree.RootHash, 150_000, 3))).CorruptChunks);

        // The same node, once where it belongs and once one level too high.
        using ChunkBuffer bytes = store.Chunks.Read(tree.RootHash)!;
        TreeChild leaf = ((InternalNode)TreeNode.Decode(bytes.Memory.Span)).Children[0];
        BlobHash sound = Put(store, new InternalNode([leaf]).Encode());
        BlobHash crooked = Put(store, new InternalNode([new TreeChild(sound, leaf.SizeBytes), leaf]).Encode());
        BlobStat stat = await store.StatAsync(TreeRef.Create(default, crooked, 2 * leaf.SizeBytes, 3));
        Assert.Equal([leaf.Hash], stat.CorruptChunks);
        await using Stream stream = await store.OpenReadAsync(TreeRef.Create(default, crooked, 2 * leaf.SizeBytes, 3));
        await stream.ReadExactlyAsync(new byte[leaf.SizeBytes]);
        await Assert.ThrowsAsync<IntegrityException>(async () => await stream.ReadExactlyAsync(new byte[1]));
    }

    [Fact]
    public async Task A_flipped_bit_on_the_device_is_found_and_never_served()
    {
        using var folder = new TempFolder();
        byte[] content = Payload.Random(2, 150_000);
        BlobRef blob;
        await using (BlobStore store = await OpenAsync(folder))
            blob = (await store.PutAsync(new MemoryStream(content), InThousands with { Name = "n" })).Ref;
        BlobHash hurt = BlobHash.Compute(content.AsSpan(77_000, 1000));
        Flip(folder.Path, content.AsSpan(77_000, 1000));

        await using BlobStore again = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"] });
        BlobStat stat = await again.StatAsync(blob);
        Assert.Equal([hurt], stat.CorruptChunks);
        Assert.Empty(stat.MissingChunks);
        await FindsAsync(again, missing: [], corrupt: [hurt]);
        var written = new MemoryStream();
        IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(() => again.CopyToAsync(blob, written));
        Assert.Equal((ErrorKind.ChunkCorrupt, hurt), (error.Kind, error.Hash));
        Assert.Equal(content[..77_000], written.ToArray());
    }

    [Fact]
    public async Task A_manifest_reaches_its_chunks_and_its_encoding()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await OpenAsync(folder);
        BlobHash chunk = Put(store, [1, 2, 3]), absent = BlobHash.Compute([9]);
        ManifestRef whole = ManifestRef.Create(chunk, default, [new ChunkRef(chunk, 3)]), part = ManifestRef.Create(absent, default, [new ChunkRef(absent, 3)]);
        store.Chunks.SetName("whole", whole);
        await FindsAsync(store, missing: [ManifestAddress.Of(whole).ChunkHash], corrupt: []);
        Put(store, whole.Encode());
        Assert.True((await store.VerifyAsync()).IsSound);
        Put(store, part.Encode());
        store.Chunks.Pin(part);
        await FindsAsync(store, missing: [absent], corrupt: []);

        Assert.Equal(whole, store.ResolveManifest(ManifestAddress.Of(whole)));
        Assert.Equal(ErrorKind.BlobNotFound, Assert.Throws<DatafortsException>(() => store.ResolveManifest(new ManifestAddress(absent))).Kind);
        Assert.Equal(ErrorKind.NodeInvalid, Assert.Throws<IntegrityException>(() => store.ResolveManifest(new ManifestAddress(chunk))).Kind);
    }

    [Fact]
    public async Task A_blob_of_which_nothing_is_there_is_not_found()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await OpenAsync(folder);
        BlobHash absent = BlobHash.Compute([9]);
        BlobRef[] refs = [SmallRef.Create(absent, 1), TreeRef.Create(default, absent, 1, 1), ManifestRef.Create(absent, default, [new ChunkRef(absent, 1)])];
        foreach (BlobRef blob in refs)
        {
            Assert.Equal(ErrorKind.BlobNotFound, (await Assert.ThrowsAsync<DatafortsException>(async () => await store.OpenReadAsync(blob))).Kind);
            Assert.Equal(ErrorKind.BlobNotFound, (await Assert.ThrowsAsync<DatafortsException>(() => store.ReadBytesAsync(blob))).Kind);
            Assert.Equal(ErrorKind.BlobNotFound, (await Assert.ThrowsAsync<DatafortsException>(() => store.CopyToAsync(blob, Stream.Null))).Kind);
            Assert.Equal([absent], (await store.StatAsync(blob)).MissingChunks);
        }
    }

    [Fact]
    public async Task Verify_may_be_cancelled_and_tells_how_far_it_is()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await OpenAsync(folder);
        await store.PutAsync(new MemoryStream(Payload.Random(3, 150_000)), InThousands);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.VerifyAsync(cancellationToken: new CancellationToken(true)));
        long most = 0;
        StoreVerification found = await store.VerifyAsync(fromDevice: true, new MostOf(done => InterlockedMax(ref most, done)));
        Assert.Equal(found.Bytes, most);
        Assert.Equal(store.Chunks.Info.LiveBytes, found.Bytes);
        Assert.Equal(store.Chunks.Info.Chunks, found.Chunks);
    }

    private static async Task FindsAsync(BlobStore store, BlobHash[] missing, BlobHash[] corrupt)
    {
        StoreVerification found = await store.VerifyAsync();
        Assert.False(found.IsSound);
        Assert.Equal(missing, found.Missing);
        Assert.Equal(corrupt, found.Corrupt);
        Assert.Empty(found.DamagedFiles);
    }

    private static Task<BlobStore> OpenAsync(TempFolder folder) => BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = true });

    private static BlobHash Put(BlobStore store, byte[] bytes)
    {
        VerifiedChunk chunk = ChunkVerifier.Hash(bytes);
        store.Chunks.Put(chunk);
        return chunk.Hash;
    }

    private static void Flip(string folder, ReadOnlySpan<byte> content)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*.segment", SearchOption.AllDirectories))
        {
            byte[] file = File.ReadAllBytes(path);
            int at = file.AsSpan().IndexOf(content);
            if (at < 0) continue;
            file[at + (content.Length / 2)] ^= 0x10;
            File.WriteAllBytes(path, file);
            return;
        }
        Assert.Fail("the content is in no segment");
    }

    private static void InterlockedMax(ref long most, long value)
    {
        long seen = Volatile.Read(ref most);
        while (value > seen)
        {
            long now = Interlocked.CompareExchange(ref most, value, seen);
            if (now == seen) return;
            seen = now;
        }
    }

    private sealed class MostOf(Action<long> report) : IProgress<BlobProgress>
    {
        public void Report(BlobProgress value) => report(value.BytesDone);
    }
}
