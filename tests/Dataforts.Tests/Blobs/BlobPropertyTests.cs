using CsCheck;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>Any content, cut, fed and asked for in any way, is what comes back.</summary>
public sealed class BlobPropertyTests
{
    private static readonly ChunkingProfile[] Profiles =
    [
        ChunkingProfile.Fixed(1), ChunkingProfile.Fixed(7), ChunkingProfile.Fixed(1000), ChunkingProfile.Fixed(4096), ChunkingProfile.Fixed4MiB,
        ChunkingProfile.Cdc(64, 256, 1024), Payload.Tiny, ChunkingProfile.Cdc(65, 1000, 2048), ChunkingProfile.Default,
    ];

    [Fact]
    public Task Small_contents_come_back() => CheckAsync(3000, 150);

    [Fact]
    [Slow]
    public Task Large_contents_come_back() => CheckAsync(3_000_000, 300);

    private static Task CheckAsync(int largest, int cases) =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, largest], Gen.Int[0, Profiles.Length - 1], Gen.Int[0, 3], Gen.Int[1, 100_000])
            .SampleAsync(c => CheckAsync(c.Item1, c.Item2, Profiles[c.Item3], (BlobShape)c.Item4, c.Item5), iter: cases, threads: 2);

    private static async Task CheckAsync(int seed, int length, ChunkingProfile profile, BlobShape shape, int pieceBytes)
    {
        if (profile.MaxChunkBytes < 1000) length = Math.Min(length, 20_000);
        if (length == 0 && shape is BlobShape.Manifest or BlobShape.Tree) length = 1;
        var random = new Random(seed);
        byte[] content = Payload.Random(seed, length);
        // Half of the contents repeat themselves.
        if (random.Next(2) == 0 && length > 10) content.AsSpan(0, length / 3).CopyTo(content.AsSpan(length / 2));
        long? promised = random.Next(3) switch { 0 => null, 1 => length, _ => random.Next(2 * length + 1) };
        if (promised == 0 && shape is BlobShape.Manifest or BlobShape.Tree) promised = null;
        var options = new PutOptions { Shape = shape, Profile = shape == BlobShape.Manifest ? null : profile, RecordContentHash = random.Next(2) == 0 };
        var window = new WindowOptions
        {
            MaxChunks = random.Next(1, 17),
            MaxBytes = random.Next(1, 100_000),
            BatchChunks = random.Next(1, 40),
            BatchBytes = random.Next(1, 100_000),
        };
        var chunks = new MemoryChunks { IsImmediate = random.Next(2) == 0 };
        PutResult put = await new BlobWriter(chunks, null, window).PutAsync(new FeedStream(content) { PieceBytes = pieceBytes, Promised = promised }, options);

        Assert.Equal((ulong)length, put.Ref.SizeBytes);
        if (put.ContentHash is { } hash) Assert.Equal(BlobHash.Compute(content), hash);
        Assert.Equal(chunks.Hashes.Sum(chunk => (long)chunks[chunk].Length), put.StoredBytes);
        Assert.Equal(put.Ref, (await new BlobWriter(new MemoryChunks(), null, window).PutAsync(content, options)).Ref);
        PutResult again = await new BlobWriter(chunks).PutAsync(new MemoryStream(content), options);
        Assert.Equal((put.Ref, 0L, (long)length), (again.Ref, again.StoredBytes, again.DedupedBytes));

        var reader = new BlobReader(chunks, new TreeNodeCache(random.Next(20_000)), window);
        Assert.Equal(content, await reader.ReadBytesAsync(put.Ref));
        await using Stream stream = await reader.OpenReadAsync(put.Ref);
        for (int i = 0; i < 5; i++)
        {
            int offset = random.Next(length + 1), count = random.Next(length - offset + 1);
            Assert.Equal(content[offset..(offset + count)], await reader.ReadBytesAsync(put.Ref, new BlobRange((ulong)offset, (ulong)count)));
            stream.Position = offset;
            var read = new byte[count];
            await stream.ReadExactlyAsync(read);
            Assert.Equal(content[offset..(offset + count)], read);
        }
    }
}
