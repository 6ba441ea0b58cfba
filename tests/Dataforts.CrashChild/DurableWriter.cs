using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.CrashChild;

/// <summary>Does everything that a store can promise to be durable, and says a line behind each promise, so that whoever records its system
/// calls sees what came before.</summary>
internal static class DurableWriter
{
    public static async Task RunAsync(StoreOptions options, Action<string> say)
    {
        await using (ChunkStore store = await ChunkStore.OpenAsync(options with { Time = new FrozenTime() }))
        {
            say("opened");
            for (int i = 0; i < 12; i++)
            {
                VerifiedChunk[] chunks = [.. Enumerable.Range(0, 5).Select(k => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)((i * 5) + k + 1), 3000)))];
                store.Put(chunks, new bool[5]);
                SmallRef blob = SmallRef.Create(chunks[0].Hash, 3000);
                store.SetName($"name-{i % 4}", blob);
                if (i % 3 == 0) store.Pin(blob);
                if (i % 3 == 1) store.Remove([chunks[1].Hash, chunks[2].Hash, chunks[3].Hash, chunks[4].Hash]);
                await store.FlushAsync();
                say($"durable {i}");
            }
            await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.1 });
            say("compacted");
        }
        say("closed");
    }
}
