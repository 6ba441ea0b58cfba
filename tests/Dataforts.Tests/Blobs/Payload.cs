using Dataforts.Blobs;
using Dataforts.Chunking;

namespace Dataforts.Tests.Blobs;

/// <summary>Content to store, and the ways to store it and look at it again.</summary>
internal static class Payload
{
    /// <summary>Small content-defined chunks, so that little content makes many.</summary>
    public static readonly ChunkingProfile Tiny = ChunkingProfile.Cdc(256, 1024, 4096);

    public static byte[] Random(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Puts content as a tree of fixed chunks.</summary>
    public static async Task<PutResult> PutFixedAsync(MemoryChunks chunks, byte[] content, int chunkBytes) =>
        await new BlobWriter(chunks).PutAsync(
            new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(chunkBytes) });

    public static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    public static Task<byte[]> ReadAllAsync(MemoryChunks chunks, Content.BlobRef blob) => new BlobReader(chunks).ReadBytesAsync(blob);
}
