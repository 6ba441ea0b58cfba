using System.Globalization;
using Dataforts.Channels;
using Dataforts.Store;

namespace Dataforts.Benchmarks.Channels;

internal static partial class ChannelRatios
{
    private const int IdleChannels = 10_000;

    // Each has had an event of its own, and stands still since.
    private static async Task IdleAsync(string folder)
    {
        string path = Path.Combine(folder, "idle");
        await using ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = path, Writable = true });
        await using var channels = new EventChannels(store);
        await using EventChannels memory = EventChannels.InMemory();
        foreach ((string what, EventChannels set) in ((string, EventChannels)[])[("in a store", channels), ("in memory", memory)])
            await IdleAsync(what, set, path);
    }

    private static async Task IdleAsync(string what, EventChannels channels, string path)
    {
        AppendOptions options = AppendOptions.With(Durability.Volatile);
        // What is there once, whatever the number of channels.
        IEventChannel one = await channels.OpenAsync(ChannelName.Parse("warm"));
        await one.AppendAsync(Payload, options);
        int files = Directory.GetFiles(path, "*", SearchOption.AllDirectories).Length;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < IdleChannels; i++) await channels.OpenAsync(ChannelName.Parse($"idle/{i}"));
        long opened = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < IdleChannels; i++)
        {
            IEventChannel channel = await channels.OpenAsync(ChannelName.Parse($"idle/{i}"));
            await channel.AppendAsync(Payload, options);
            await WrittenAsync(channel);
        }
        long used = GC.GetTotalMemory(forceFullCollection: true);
        int more = Directory.GetFiles(path, "*", SearchOption.AllDirectories).Length - files;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{IdleChannels:N0} idle channels {what}: {(opened - before) / (double)IdleChannels:N0} B each when opened, ") + string.Create(
            CultureInfo.InvariantCulture, $"{(used - before) / (double)IdleChannels:N0} B each with two events behind them, {more} files more"));
    }
}
