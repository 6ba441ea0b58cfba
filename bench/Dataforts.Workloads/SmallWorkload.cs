using System.Collections.Concurrent;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Store;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Workloads;

/// <summary>Payloads of one chunk. Gets are measured against hashing as many bytes on one thread, puts against plain writes of the same
/// bytes to fresh files that were made long enough before, durable puts against flushes of the device, one after the other.</summary>
internal static class SmallWorkload
{
    private const int AtOnce = 8;
    private const int DurableAtOnce = 64;
    private const int LargeBytes = 64 << 10;
    private const int LittleBytes = 4 << 10;

    public static async Task RunAsync(Report report, int count, int turns)
    {
        using var folder = new WorkFolder();
        byte[] content = new byte[count * LargeBytes];
        List<Cost> getting = [], gettingMany = [], hashing = [], putting = [], batching = [], writing = [], durable = [], flushing = [];
        for (int turn = 0; turn <= turns; turn++)
        {
            // Other bytes each time, so that nothing is there already.
            new Random(turn).NextBytes(content);
            var refs = new BlobRef[count];
            Cost put, batch, get, getMany, little, write = Cost.Of(() => WritePlainly(folder["plain"], content));
            await using (BlobStore store = await OpenAsync(folder["one"]))
            {
                put = await Cost.OfAsync(() => EachAsync(count, AtOnce, async i => refs[i] = (await store.PutAsync(Piece(content, i, LargeBytes))).Ref));
                get = await Cost.OfAsync(() => EachAsync(count, 1, i => store.ReadBytesAsync(refs[(i * 7919) % count])));
                getMany = await Cost.OfAsync(() => EachAsync(count, AtOnce, i => store.ReadBytesAsync(refs[(i * 7919) % count])));
                little = await Cost.OfAsync(() => EachAsync(count, DurableAtOnce, i => store.PutAsync(
                    Piece(content, i, LittleBytes), new PutOptions { Durability = Durability.Durable })));
            }
            await using (BlobStore store = await OpenAsync(folder["many"]))
                batch = await Cost.OfAsync(() => store.PutManyAsync([.. Enumerable.Range(0, count).Select(i => Piece(content, i, LargeBytes))]));
            Cost hash = Cost.Of(() => Hash(content));
            Cost flush = Cost.Of(() => WriteAndFlush(folder["plain"], content, count));
            foreach (string made in (string[])["one", "many"]) Directory.Delete(folder[made], recursive: true);
            File.Delete(folder["plain"]);
            if (turn == 0) continue;
            foreach ((List<Cost> list, Cost cost) in new[]
            {
                (getting, get), (gettingMany, getMany), (hashing, hash), (putting, put),
                (batching, batch), (writing, write), (durable, little), (flushing, flush),
            })
            {
                list.Add(cost);
            }
        }
        long bytes = content.Length;
        report.Add("64 KiB gets, one at a time, against BLAKE3", bytes, getting, hashing);
        report.Add("64 KiB gets, 8 at a time, against BLAKE3", bytes, gettingMany, hashing);
        report.Add("64 KiB puts, 8 at a time, against pwrite", bytes, putting, writing);
        report.Add("64 KiB puts, one call, against pwrite", bytes, batching, writing);
        report.Add("4 KiB durable puts, 64 at a time, against 4 KiB + flush", (long)count * LittleBytes, durable, flushing);
    }

    private static Task<BlobStore> OpenAsync(string folder) => BlobStore.OpenAsync(new StoreOptions { Path = folder, Writable = true });

    private static ReadOnlyMemory<byte> Piece(byte[] content, int index, int length) => content.AsMemory(index * LargeBytes, length);

    private static Task EachAsync(int count, int atOnce, Func<int, Task> action) =>
        Task.WhenAll(Partitioner.Create(Enumerable.Range(0, count)).GetPartitions(atOnce).Select(part => Task.Run(async () =>
        {
            using (part)
            {
                while (part.MoveNext()) await action(part.Current);
            }
        })));

    private static void WritePlainly(string path, byte[] content)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, content.Length);
        for (int at = 0; at < content.Length; at += LargeBytes) RandomAccess.Write(file, content.AsSpan(at, LargeBytes), at);
    }

    private static void WriteAndFlush(string path, byte[] content, int count)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, (long)count * LittleBytes);
        for (int i = 0; i < count; i++)
        {
            RandomAccess.Write(file, content.AsSpan(i * LargeBytes, LittleBytes), (long)i * LittleBytes);
            RandomAccess.FlushToDisk(file);
        }
    }

    private static void Hash(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Blake3.HashSizeBytes];
        for (int at = 0; at < content.Length; at += LargeBytes) Blake3.Hash(content.Slice(at, LargeBytes), hash);
    }
}
