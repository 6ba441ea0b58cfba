using System.Globalization;
using Dataforts.Store;
using Dataforts.Store.Events;

namespace Dataforts.CrashChild;

/// <summary>Takes the steps of a <see cref="Workload"/> and acknowledges each, until it is killed.</summary>
internal sealed class Churn(StoreOptions options, Action<string> acknowledge)
{
    private ChunkStore? _store;

    public async Task RunAsync(ulong seed, int first)
    {
        _store = await ChunkStore.OpenAsync(options);
        for (int number = first; ; number++)
        {
            await TakeAsync(_store, Workload.At(seed, number));
            acknowledge(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private async Task TakeAsync(ChunkStore store, Workload.Step step)
    {
        switch (step.Deed)
        {
            case Workload.Deed.Put:
                store.Put(ChunkOf(step.Chunk));
                break;
            case Workload.Deed.PutBatch:
                store.Put([.. step.Chunks.Select(ChunkOf)], new bool[step.Chunks.Count]);
                break;
            case Workload.Deed.PutDurable:
                store.Put([.. step.Chunks.Select(ChunkOf)], new bool[step.Chunks.Count]);
                await store.FlushAsync();
                break;
            case Workload.Deed.Remove:
                store.Remove([.. step.Chunks.Select(chunk => ChunkOf(chunk).Hash)]);
                break;
            case Workload.Deed.SetName:
                store.SetName(step.Name, Workload.RefOf(step.Chunk));
                break;
            case Workload.Deed.RemoveName:
                store.RemoveName(step.Name);
                break;
            case Workload.Deed.Pin:
                store.Pin(Workload.RefOf(step.Chunk));
                break;
            case Workload.Deed.Append:
                ChannelOf(store, step.Name).TryAppend([.. step.Chunks.Select(chunk => new NewEvent(Workload.Content(chunk)))], null, out _);
                break;
            case Workload.Deed.Trim:
                StoredChannel channel = ChannelOf(store, step.Name);
                channel.Trim(channel.Next - Math.Min(channel.Next, (ulong)(step.Chunk % 20)));
                break;
            case Workload.Deed.Flush:
                await store.FlushAsync();
                break;
            case Workload.Deed.Compact:
                await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.05 + (step.Chunk % 10 / 20.0) });
                break;
            case Workload.Deed.Reopen:
                await store.DisposeAsync();
                _store = await ChunkStore.OpenAsync(options);
                break;
        }
    }

    private static StoredChannel ChannelOf(ChunkStore store, string name) =>
        store.Events.OpenOrCreate(name, new EventRetention { MaxCount = Workload.KeptOf(name) });

    private static VerifiedChunk ChunkOf(int chunk) => ChunkVerifier.Hash(Workload.Content(chunk));
}
