using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Channels;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;

namespace Dataforts.CrashChild;

/// <summary>Appends to channels as durably as it likes, publishes blobs, trims, collects and compacts, and says what it has done, until it is
/// killed.</summary>
public sealed class Publisher(StoreOptions options, Action<string> say)
{
    /// <summary>The channel whose events are refs.</summary>
    public const string Refs = "refs";

    private static readonly string[] Names = ["all", "count", "bytes", Refs];

    /// <summary>How much of a channel stays.</summary>
    public static EventRetention KeptOf(string name) => name switch
    {
        "count" => new() { MaxCount = 40 },
        "bytes" => new() { MaxBytes = 6000 },
        Refs => new() { MaxCount = 12 },
        _ => EventRetention.Everything,
    };

    /// <summary>An event of an append, or the content of the blob that it refers to.</summary>
    public static byte[] PayloadOf(int append, int index) =>
        SpecRandom.Bytes(((ulong)append * 100) + (ulong)index + 1, 1 + (((append * 37) + (index * 11)) % 300));

    /// <summary>Goes on with the append of a number. "? APPEND CHANNEL COUNT" is said before it and "! APPEND CHANNEL COUNT FIRST DURABILITY" after.</summary>
    public async Task RunAsync(int append)
    {
        var random = new Random(append);
        await using BlobStore store = await BlobStore.OpenAsync(options);
        await using var collector = new Collector(store);
        await using var channels = new EventChannels(store.Chunks);
        var registry = new AdapterRegistry();
        registry.Register(new MeshAdapter(store), AdapterTrust.Trusted);
        Task beside = Task.CompletedTask;
        for (; ; append++)
        {
            string name = Names[random.Next(Names.Length)];
            // An event that is nowhere but in memory keeps no blob yet.
            var durability = (Durability)random.Next(name == Refs ? 1 : 0, 3);
            IEventChannel channel = await channels.OpenAsync(ChannelName.Parse(name), KeptOf(name));
            int count = name == Refs || random.Next(2) == 0 ? 1 : random.Next(2, 20);
            say(string.Create(CultureInfo.InvariantCulture, $"? {append} {name} {count}"));
            ulong first = name == Refs ? await PublishAsync(channel, durability) : await AppendAsync(channel, count, durability);
            say(string.Create(CultureInfo.InvariantCulture, $"! {append} {name} {count} {first} {durability}"));
            if (!beside.IsCompleted) continue;
            await beside;
            if (random.Next(20) == 0) beside = store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.05 + (random.NextDouble() / 4) });
            else if (random.Next(20) == 0) beside = collector.CollectAsync(new CollectionOptions { SkipsGrace = true });
        }

        async Task<ulong> PublishAsync(IEventChannel channel, Durability durability)
        {
            // Beside a collection that skips the grace period a blob is kept by nothing until its event is there.
            await beside;
            var publish = new PublishOptions { Durability = durability, Payload = new PayloadOptions { InlineMaxBytes = 0 } };
            return await new BlobChannel(channel, new BlobResolver(registry)).PublishBlobAsync(PayloadOf(append, 0), publish);
        }

        async Task<ulong> AppendAsync(IEventChannel channel, int count, Durability durability)
        {
            EventData[] events = [.. Enumerable.Range(0, count).Select(index => (EventData)PayloadOf(append, index))];
            return await channel.AppendBatchAsync(events, AppendOptions.With(durability));
        }
    }
}
