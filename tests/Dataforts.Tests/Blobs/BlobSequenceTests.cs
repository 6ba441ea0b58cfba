using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

public sealed class BlobSequenceTests
{
    [Theory]
    [InlineData(100, 60_000)]
    [InlineData(4096, 60_000)]
    [InlineData(7, 70_000)]
    public async Task Small_chunks_share_their_memory(int chunkBytes, int length)
    {
        using var folder = new TempFolder();
        await using BlobStore store = await BlobStore.OpenAsync(
            new() { Path = folder["store"], Writable = true }, TestContext.Current.CancellationToken);
        byte[] content = SpecRandom.Bytes(5, length);
        var options = new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(chunkBytes) };
        PutResult put = await store.PutAsync(new MemoryStream(content), options, null, TestContext.Current.CancellationToken);
        using BlobSequence sequence = await store.ReadSequenceAsync(put.Ref, null, TestContext.Current.CancellationToken);
        Assert.Equal(content, sequence.Bytes.ToArray());
        int segments = 0;
        foreach (ReadOnlyMemory<byte> _ in sequence.Bytes) segments++;
        Assert.InRange(segments, 1, chunkBytes < 4096 ? 2 : (length + chunkBytes - 1) / chunkBytes);
        Assert.Equal(content[3..40], await store.ReadBytesAsync(put.Ref, new BlobRange(3, 37), TestContext.Current.CancellationToken));
    }
}
