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

    public static async Task PutAsync(Report report, long length, int turns)
    {
        using var folder = new WorkFolder();
        string path = folder.WriteFile(length);
        byte[] content = File.ReadAllBytes(path);
        foreach ((string name, ChunkingProfile profile) in Profiles.All)
        {
            List<double> hashing = [], putting = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                double put = await Median.SecondsAsync(() => PutAsync(folder["store"], profile, path));
                Directory.Delete(folder["store"], recursive: true);
                double hash = Median.Seconds(() => Hash(content));
                if (turn == 0) continue;
                putting.Add(put);
                hashing.Add(hash);
            }
            Tell(report, $"put {name}", length, putting, hashing);
        }
    }

    public static async Task GetAsync(Report report, long length, int turns)
    {
        using var folder = new WorkFolder();
        string path = folder.WriteFile(length);
        byte[] content = File.ReadAllBytes(path);
        foreach ((string name, ChunkingProfile profile) in Profiles.All)
        {
            PutResult put = await PutAsync(folder["store"], profile, path);
            List<double> hashing = [], getting = [];
            await using (BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"] }))
            {
                for (int turn = 0; turn <= turns; turn++)
                {
                    double get = await Median.SecondsAsync(() => store.CopyToAsync(put.Ref, Stream.Null));
                    double hash = Median.Seconds(() => Hash(content));
                    if (turn == 0) continue;
                    getting.Add(get);
                    hashing.Add(hash);
                }
            }
            Directory.Delete(folder["store"], recursive: true);
            Tell(report, $"get {name}", length, getting, hashing);
        }
    }

    private static void Tell(Report report, string name, long length, List<double> times, List<double> hashing)
    {
        report.Add($"{name}: hash, one thread", length / Median.Of(hashing) / 1e9, "GB/s");
        report.Add(name, length / Median.Of(times) / 1e9, "GB/s", Median.Of(hashing.Zip(times, (hash, time) => hash / time)));
    }

    private static async Task<PutResult> PutAsync(string folder, ChunkingProfile profile, string path)
    {
        await using BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder, Writable = true, Profile = profile });
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        return await store.PutAsync(file);
    }

    private static void Hash(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Blake3.HashSizeBytes];
        for (int at = 0; at < content.Length; at += HashPieceBytes) Blake3.Hash(content.Slice(at, Math.Min(HashPieceBytes, content.Length - at)), hash);
    }
}
