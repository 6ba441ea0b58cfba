using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>A store of very many very small chunks, for what costs by the chunk and not by the byte.</summary>
internal static class TinyChunks
{
    private const int ChunkBytes = 64;
    private const int Batch = 1_024;
    private const int AtFullSize = 1_000_000;

    public static int CountIn(BenchRun run) => run.Scaled(AtFullSize, least: Batch);

    /// <summary>Puts them.</summary>
    /// <returns>Their hashes, in the order in which they were put.</returns>
    public static async Task<BlobHash[]> FillAsync(BenchRun run, BlobStore store, CancellationToken cancellationToken)
    {
        var hashes = new BlobHash[CountIn(run)];
        byte[] content = new byte[ChunkBytes * Batch];
        var source = new BenchContent(long.MaxValue);
        var chunks = new VerifiedChunk[Batch];
        var isNew = new bool[Batch];
        for (int at = 0; at < hashes.Length; at += Batch)
        {
            int count = Math.Min(Batch, hashes.Length - at);
            source.ReadExactly(content);
            for (int i = 0; i < count; i++)
            {
                chunks[i] = ChunkVerifier.Hash(content.AsMemory(i * ChunkBytes, ChunkBytes));
                hashes[at + i] = chunks[i].Hash;
            }
            await store.Chunks.StoreAsync(chunks.AsMemory(0, count), isNew.AsMemory(0, count), cancellationToken);
        }
        return hashes;
    }
}
