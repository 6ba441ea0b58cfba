using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Tests.Blobs;

/// <summary>Whatever is wrong with a chunk or node is an error that names it: never silence, never a wrong byte.</summary>
public sealed class ReadIntegrityTests
{
    private const int ChunkBytes = 500;
    private readonly MemoryChunks _chunks = new();
    private readonly byte[] _content = Payload.Random(1, 200 * ChunkBytes);

    public static TheoryData<string, ErrorKind> Wrongs => new()
    {
        { "missing", ErrorKind.ChunkMissing },
        { "flipped", ErrorKind.ChunkCorrupt },
        { "short", ErrorKind.ChunkLength },
        { "long", ErrorKind.ChunkLength },
        { "empty", ErrorKind.ChunkLength },
        { "other", ErrorKind.ChunkCorrupt },
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task A_chunk_that_is_wrong(string wrong, ErrorKind kind)
    {
        BlobRef blob = (await Payload.PutFixedAsync(_chunks, _content, ChunkBytes)).Ref;
        foreach (int index in new[] { 0, 1, 99, 127, 128, 199 })
        {
            BlobHash hash = BlobHash.Compute(_content.AsSpan(index * ChunkBytes, ChunkBytes));
            byte[] sound = Break(hash, wrong);
            await ReadsTellAsync(blob, hash, kind, index * ChunkBytes);
            _chunks.Repair(hash, sound);
        }
        Assert.Equal(_content, await Payload.ReadAllAsync(_chunks, blob));
    }

    [Theory]
    [InlineData("missing", ErrorKind.ChunkMissing)]
    [InlineData("flipped", ErrorKind.ChunkCorrupt)]
    [InlineData("short", ErrorKind.ChunkCorrupt)]
    [InlineData("long", ErrorKind.ChunkCorrupt)]
    [InlineData("empty", ErrorKind.ChunkCorrupt)]
    [InlineData("other", ErrorKind.ChunkCorrupt)]
    public async Task A_node_that_is_wrong(string wrong, ErrorKind kind)
    {
        var blob = (TreeRef)(await Payload.PutFixedAsync(_chunks, _content, ChunkBytes)).Ref;
        var root = (InternalNode)TreeNode.Decode(_chunks[blob.RootHash]);
        foreach ((BlobHash hash, int good) in new[] { (blob.RootHash, 0), (root.Children[0].Hash, 0), (root.Children[1].Hash, 128 * ChunkBytes) })
        {
            byte[] sound = Break(hash, wrong);
            await ReadsTellAsync(blob, hash, kind, good);
            _chunks.Repair(hash, sound);
        }
        Assert.Equal(_content, await Payload.ReadAllAsync(_chunks, blob));
    }

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task The_chunk_of_a_small_or_manifest_that_is_wrong(string wrong, ErrorKind kind)
    {
        foreach (BlobShape shape in new[] { BlobShape.Small, BlobShape.Manifest })
        {
            BlobRef blob = (await new BlobWriter(_chunks).PutAsync(new MemoryStream(_content), new PutOptions { Shape = shape })).Ref;
            BlobHash hash = BlobHash.Compute(_content);
            byte[] sound = Break(hash, wrong);
            await ReadsTellAsync(blob, hash, kind, 0);
            _chunks.Repair(hash, sound);
        }
    }

    [Fact]
    public async Task The_chunk_of_an_empty_blob_is_looked_at()
    {
        BlobRef blob = (await new BlobWriter(_chunks).PutAsync(Stream.Null)).Ref;
        _chunks.Remove(BlobHash.Compute([]));
        await ThrowsAsync(ErrorKind.ChunkMissing, BlobHash.Compute([]), () => new BlobReader(_chunks).OpenReadAsync(blob).AsTask());
        await ThrowsAsync(ErrorKind.ChunkMissing, BlobHash.Compute([]), () => new BlobReader(_chunks).ReadBytesAsync(blob));
    }

    [Fact]
    public async Task A_stream_that_met_an_error_reads_on_when_it_is_mended()
    {
        BlobRef blob = (await Payload.PutFixedAsync(_chunks, _content, ChunkBytes)).Ref;
        BlobHash hash = BlobHash.Compute(_content.AsSpan(50 * ChunkBytes, ChunkBytes));
        byte[] sound = Break(hash, "flipped");
        await using Stream stream = await new BlobReader(_chunks).OpenReadAsync(blob);
        var read = new byte[_content.Length];
        await stream.ReadExactlyAsync(read.AsMemory(0, 50 * ChunkBytes));
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<IntegrityException>(async () => await stream.ReadExactlyAsync(read.AsMemory(25_000)));
            Assert.Equal(50 * ChunkBytes, stream.Position);
        }
        stream.Position = 60 * ChunkBytes;
        Assert.Equal(ChunkBytes, await stream.ReadAtLeastAsync(new byte[ChunkBytes], ChunkBytes));
        stream.Position = 50 * ChunkBytes;
        _chunks.Repair(hash, sound);
        await stream.ReadExactlyAsync(read.AsMemory(50 * ChunkBytes));
        Assert.Equal(_content, read);
    }

    [Fact]
    public async Task Nothing_behind_the_error_is_started_and_nothing_runs_on()
    {
        BlobRef blob = (await Payload.PutFixedAsync(_chunks, _content, ChunkBytes)).Ref;
        BlobHash third = BlobHash.Compute(_content.AsSpan(2 * ChunkBytes, ChunkBytes)), first = BlobHash.Compute(_content.AsSpan(0, ChunkBytes));
        TaskCompletionSource failed = new(), sixteen = new();
        _chunks.Remove(third);
        _chunks.ResetCounts();
        _chunks.BeforeFetch = async (hash, nth, _) =>
        {
            // The first two fetches are the nodes.
            if (nth == 2 + BlobLimits.WindowChunks) sixteen.SetResult();
            if (nth > 2) await sixteen.Task;
            if (hash == third) failed.SetResult();
            if (hash == first) await failed.Task.ContinueWith(_ => Task.Delay(20), TaskScheduler.Default).Unwrap();
        };
        var written = new MemoryStream();
        await ThrowsAsync(ErrorKind.ChunkMissing, third, () => new BlobReader(_chunks).CopyToAsync(blob, written));
        Assert.Equal(_content[..(2 * ChunkBytes)], written.ToArray());
        Assert.Equal(2 + BlobLimits.WindowChunks, _chunks.Fetches);
        Assert.Equal(0, _chunks.Active);
    }

    [Fact]
    public async Task A_ref_that_lies_about_its_size_or_depth()
    {
        var blob = (TreeRef)(await Payload.PutFixedAsync(_chunks, _content, ChunkBytes)).Ref;
        var root = (InternalNode)TreeNode.Decode(_chunks[blob.RootHash]);
        BlobHash leaf = root.Children[0].Hash, chunk = ((LeafNode)TreeNode.Decode(_chunks[leaf])).Chunks[0].Hash;
        (BlobRef, BlobHash, ErrorKind)[] lies =
        [
            (Tree(blob.RootHash, blob.SizeBytes + 1, 2), blob.RootHash, ErrorKind.NodeInvalid),
            (Tree(blob.RootHash, blob.SizeBytes - 1, 2), blob.RootHash, ErrorKind.NodeInvalid),
            (Tree(blob.RootHash, 1UL << 38, 2), blob.RootHash, ErrorKind.NodeInvalid),
            (Tree(blob.RootHash, blob.SizeBytes, 1), blob.RootHash, ErrorKind.NodeInvalid),
            (Tree(blob.RootHash, blob.SizeBytes, 3), leaf, ErrorKind.NodeInvalid),
            (Tree(leaf, 128 * ChunkBytes, 2), leaf, ErrorKind.NodeInvalid),
            (Tree(chunk, ChunkBytes, 1), chunk, ErrorKind.NodeInvalid),
            (SmallRef.Create(chunk, ChunkBytes + 1), chunk, ErrorKind.ChunkLength),
            (SmallRef.Create(chunk, ChunkBytes - 1), chunk, ErrorKind.ChunkLength),
            (SmallRef.Create(chunk, 0), chunk, ErrorKind.ChunkLength),
            (SmallRef.Create(chunk, 16UL << 30), chunk, ErrorKind.ChunkMissing),
            (ManifestRef.Create(chunk, BlobEncoding.Replicated, [new ChunkRef(chunk, ChunkBytes - 1)]), chunk, ErrorKind.ChunkLength),
            (ManifestRef.Create(chunk, BlobEncoding.Replicated, [new ChunkRef(chunk, 4 << 20), new ChunkRef(chunk, 1)]), chunk, ErrorKind.ChunkLength),
        ];
        foreach ((BlobRef lie, BlobHash named, ErrorKind kind) in lies)
        {
            await ThrowsAsync(kind, named, () => new BlobReader(_chunks).OpenReadAsync(lie).AsTask());
            var written = new MemoryStream();
            await ThrowsAsync(kind, named, () => new BlobReader(_chunks).CopyToAsync(lie, written));
            Assert.Equal(0, written.Length);
        }

        static TreeRef Tree(BlobHash hash, ulong size, int depth) => TreeRef.Create(BlobEncoding.Replicated, hash, size, depth);
    }

    [Fact]
    public async Task A_leaf_with_parity_and_a_parent_that_miscounts()
    {
        BlobHash data = _chunks.Add(_content.AsSpan(0, 100)), parity = _chunks.Add(_content.AsSpan(100, 100));
        BlobHash mixed = _chunks.Add(new LeafNode([new TreeChunk(data, 100, ChunkRole.Data), new TreeChunk(parity, 100, ChunkRole.Parity(0))]));
        await ThrowsAsync(ErrorKind.NodeInvalid, mixed, () => new BlobReader(_chunks).ReadBytesAsync(
            TreeRef.Create(BlobEncoding.Replicated, mixed, 200, 1)));

        BlobHash leaf = _chunks.Add(new LeafNode([new TreeChunk(data, 100, ChunkRole.Data)]));
        BlobHash parent = _chunks.Add(new InternalNode([new TreeChild(leaf, 100), new TreeChild(leaf, 101)]));
        var blob = TreeRef.Create(BlobEncoding.Replicated, parent, 201, 2);
        var written = new MemoryStream();
        await ThrowsAsync(ErrorKind.NodeInvalid, leaf, () => new BlobReader(_chunks).CopyToAsync(blob, written));
        Assert.Equal(_content[..100], written.ToArray());
    }

    [Fact]
    public async Task A_failure_of_the_source_is_passed_on()
    {
        BlobRef blob = (await Payload.PutFixedAsync(_chunks, _content, ChunkBytes)).Ref;
        var error = new DatafortsException(ErrorKind.Io, "the device is gone");
        foreach (int failing in new[] { 1, 2, 3, 20, 150 })
        {
            _chunks.ResetCounts();
            _chunks.BeforeFetch = (_, nth, _) => nth == failing ? throw error : Task.CompletedTask;
            Assert.Same(error, await Assert.ThrowsAsync<DatafortsException>(() => new BlobReader(_chunks).CopyToAsync(blob, Stream.Null)));
            Assert.Equal(0, _chunks.Active);
        }
    }

    private byte[] Break(BlobHash hash, string wrong)
    {
        byte[] sound = _chunks[hash];
        if (wrong == "missing") _chunks.Remove(hash);
        else _chunks.Damage(hash, bytes => Broken(bytes, wrong));
        return sound;
    }

    private static byte[] Broken(byte[] bytes, string wrong)
    {
        switch (wrong)
        {
            case "flipped":
                bytes[bytes.Length / 2] ^= 1;
                return bytes;
            case "short": return bytes[..^1];
            case "long": return [.. bytes, 0];
            case "empty": return [];
            default: return Payload.Random(77, bytes.Length);
        }
    }

    // What is before the wrong place is handed out; behind it comes nothing.
    private async Task ReadsTellAsync(BlobRef blob, BlobHash hash, ErrorKind kind, int good)
    {
        var reader = new BlobReader(_chunks);
        var written = new MemoryStream();
        IntegrityException error = await ThrowsAsync(kind, hash, () => reader.CopyToAsync(blob, written));
        Assert.Contains(hash.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(_content[..good], written.ToArray());
        await ThrowsAsync(kind, hash, () => reader.ReadBytesAsync(blob));
        Assert.Equal(0, _chunks.Active);

        if (good == 0)
        {
            await ThrowsAsync(kind, hash, () => reader.OpenReadAsync(blob).AsTask());
            return;
        }
        await using Stream stream = await reader.OpenReadAsync(blob);
        var read = new byte[good];
        await stream.ReadExactlyAsync(read);
        Assert.Equal(_content[..good], read);
        await ThrowsAsync(kind, hash, () => stream.ReadAsync(new byte[1]).AsTask());
    }

    private static async Task<IntegrityException> ThrowsAsync(ErrorKind kind, BlobHash hash, Func<Task> read)
    {
        IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(read);
        Assert.Equal((kind, hash), (error.Kind, error.Hash));
        return error;
    }
}
