using System.Globalization;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.CrashChild;

/// <summary>A reader beside a writer: opens the store, reads all it lists, looks for damage, and opens it again. Chunks whose number divides by
/// <see cref="KeptEvery"/> are never removed, so one that was seen once is there for good.</summary>
public static class Onlooker
{
    /// <summary>Of so many chunks one is never removed.</summary>
    public const int KeptEvery = 3;

    /// <summary>Looks until it is told to end.</summary>
    /// <returns>What was seen: views, chunks read, chunks that were removed before they could be read.</returns>
    public static async Task<string> LookAsync(string path, Task end, Action<string> say)
    {
        Dictionary<BlobHash, int> numbers = Enumerable.Range(0, Workload.ChunkCount).ToDictionary(chunk => BlobHash.Compute(Workload.Content(chunk)));
        var seen = new HashSet<int>();
        long views = 0, read = 0, gone = 0;
        while (!end.IsCompleted)
        {
            await using ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = path, MaxOpenFiles = 4 });
            foreach (int chunk in seen)
            {
                if (!store.Contains(BlobHash.Compute(Workload.Content(chunk)))) throw new InvalidOperationException($"view {views}: chunk {chunk} is gone");
            }
            foreach ((BlobHash hash, int length) in store.Enumerate().ToList())
            {
                bool isKept = numbers[hash] % KeptEvery == 0;
                if (isKept) seen.Add(numbers[hash]);
                using ChunkBuffer? buffer = store.Read(hash);
                if (buffer is null && isKept) throw new InvalidOperationException($"view {views}: chunk {numbers[hash]} was listed and is not there");
                if (buffer is not null && buffer.Length != length) throw new InvalidOperationException($"view {views}: chunk {numbers[hash]} has changed");
                if (buffer is null) gone++;
                else read++;
            }
            _ = store.ListNames().Count();
            if (store.FindDamagedFiles() is { Count: > 0 } damaged)
                throw new InvalidOperationException($"view {views}: {string.Join('\n', damaged.Concat(store.DescribeDamage()))}");
            if (views++ == 0) say("started");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{views} {read} {gone}");
    }
}
