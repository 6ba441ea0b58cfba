using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Workloads;

/// <summary>A file into a fresh store (buffered), and a blob back out of it, verified. The ratio is to hashing the same bytes in memory
/// on one thread.</summary>
internal static class StoreWorkload
{
    private const int HashPieceBytes = 64 << 10;

    /// <summary>A file into a fresh store, and then the same file again, which stores nothing.</summary>
    public static async Task PutAsync(Report report, long length, int turns)
    {
        using var folder = new WorkFolder();
        string path = folder.WriteFile(length);
        byte[] content = File.ReadAllBytes(path);
        foreach ((string name, ChunkingProfile profile) in Profiles.All)
        {
            List<Cost> hashing = [], putting = [], repeating = [], cutting = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                Cost put, again;
                await using (BlobStore store = await OpenAsync(folder["store"], profile))
                {
                    put = await Cost.OfAsync(() => PutAsync(store, path));
                    again = await Cost.OfAsync(async () => MustBeKnown(await PutAsync(store, path)));
                }
                Directory.Delete(folder["store"], recursive: true);
                Cost cut = await Cost.OfAsync(() => CutAsync(profile, path));
                Cost hash = Cost.Of(() => Hash(content));
                if (turn == 0) continue;
                putting.Add(put);
                repeating.Add(again);
                cutting.Add(cut);
                hashing.Add(hash);
            }
            report.Add($"put {name}", length, putting, hashing);
            report.Add($"again {name}, against cutting and hashing", length, repeating, cutting);
        }
    }

    public static async Task GetAsync(Report report, long length, int turns)
    {
        using var folder = new WorkFolder();
        string path = folder.WriteFile(length);
        byte[] content = File.ReadAllBytes(path);
        foreach ((string name, ChunkingProfile profile) in Profiles.All)
        {
            List<Cost> hashing = [], getting = [];
            await using (BlobStore store = await OpenAsync(folder["store"], profile))
            {
                PutResult put = await PutAsync(store, path);
                for (int turn = 0; turn <= turns; turn++)
                {
                    Cost get = await Cost.OfAsync(() => store.CopyToAsync(put.Ref, Stream.Null));
                    Cost hash = Cost.Of(() => Hash(content));
                    if (turn == 0) continue;
                    getting.Add(get);
                    hashing.Add(hash);
                }
            }
            Directory.Delete(folder["store"], recursive: true);
            report.Add($"get {name}", length, getting, hashing);
        }
    }

    private static Task<BlobStore> OpenAsync(string folder, ChunkingProfile profile) =>
        BlobStore.OpenAsync(new StoreOptions { Path = folder, Writable = true, Profile = profile });

    private static void MustBeKnown(PutResult put)
    {
        if (put.StoredBytes > 0) throw new InvalidDataException($"{put.StoredBytes} bytes were stored twice");
    }

    private static async Task CutAsync(ChunkingProfile profile, string path)
    {
        await using FileStream file = Open(path);
        await foreach (CutChunk _ in new ChunkPipeline(profile).RunAsync(file))
        {
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    private static async Task<PutResult> PutAsync(BlobStore store, string path)
    {
        await using FileStream file = Open(path);
        return await store.PutAsync(file);
    }

    private static void Hash(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Blake3.HashSizeBytes];
        for (int at = 0; at < content.Length; at += HashPieceBytes) Blake3.Hash(content.Slice(at, Math.Min(HashPieceBytes, content.Length - at)), hash);
    }
}
