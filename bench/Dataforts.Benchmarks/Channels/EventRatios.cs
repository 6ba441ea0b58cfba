using System.Diagnostics;
using System.Globalization;
using Dataforts.Store;
using Dataforts.Store.Events;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Benchmarks.Channels;

/// <summary>Events of 32 bytes, beside a loop of bare 52-byte writes and flushes to a file in the same folder, by turns in one process.</summary>
internal static class EventRatios
{
    private const int EventBytes = 32;
    private const int BareBytes = 52;
    private const int Writers = 64;
    private const int Batch = 64;
    private const int Rounds = 5;

    /// <summary>Prints each figure with its yardstick.</summary>
    /// <param name="rest">A folder on the device to measure; the system's temporary one when there is none.</param>
    public static async Task<int> RunAsync(string[] rest)
    {
        string folder = Path.Combine(rest.Length > 0 ? rest[0] : Path.GetTempPath(), $"dataforts-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            await MeasureAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static async Task MeasureAsync(string folder)
    {
        await using ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = Path.Combine(folder, "store"), Writable = true });
        StoredChannel channel = store.Events.OpenOrCreate("one", EventRetention.Everything);
        StoredChannel[] many = [.. Enumerable.Range(0, Writers).Select(i => store.Events.OpenOrCreate($"many/{i}", EventRetention.Everything))];
        using SafeFileHandle bare = File.OpenHandle(Path.Combine(folder, "bare"), FileMode.Create, FileAccess.ReadWrite);
        byte[] payload = new byte[EventBytes], bytes = new byte[BareBytes], large = new byte[64 + (Batch * EventBytes)];
        long at = 0;
        var table = new Dictionary<string, List<double>>();
        NewEvent[] batch = [.. Enumerable.Repeat(new NewEvent(payload), Batch)], gathered = [.. Enumerable.Repeat(new NewEvent(payload), 16 * Batch)];
        for (int round = 0; round <= Rounds; round++)
        {
            Note(table, round, "bare pwrite of 52 B, one by one", Rate(200_000, () => RandomAccess.Write(bare, bytes, (at++ * BareBytes) % (64 << 20))));
            Note(table, round, "event of 32 B, one by one", Rate(200_000, () => channel.TryAppend(payload, isRef: false, null, out _)));
            Note(table, round, "bare pwrite of 2112 B, 64 events each",
                Batch * Rate(20_000, () => RandomAccess.Write(bare, large, (at++ * large.Length) % (64 << 20))));
            Note(table, round, "batches of 64", Batch * Rate(20_000, () => channel.TryAppend(batch, null, out _)));
            Note(table, round, "16 batches of 64 gathered", 16 * Batch * Rate(2000, () => channel.TryAppend(gathered, null, out _)));
            double flushes = Rate(100, () =>
            {
                RandomAccess.Write(bare, bytes, at++ * BareBytes);
                RandomAccess.FlushToDisk(bare);
            });
            Note(table, round, "write and fdatasync, one by one", flushes);
            Note(table, round, "durable, 64 writers, one channel", await DurableAsync(store, _ => channel, payload));
            Note(table, round, "durable, 64 writers, 64 channels", await DurableAsync(store, i => many[i], payload));
        }
        Print(table);
    }

    private static async Task<double> DurableAsync(ChunkStore store, Func<int, StoredChannel> channelOf, byte[] payload)
    {
        const int Each = 60;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(async () =>
        {
            StoredChannel channel = channelOf(i);
            for (int k = 0; k < Each; k++)
            {
                channel.TryAppend(payload, isRef: false, null, out _);
                await store.FlushAsync();
            }
        })));
        return Writers * Each / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Rate(int times, Action deed)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++) deed();
        return times / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The first round only warms up.
    private static void Note(Dictionary<string, List<double>> table, int round, string what, double rate)
    {
        if (round == 0) return;
        if (!table.TryGetValue(what, out List<double>? rates)) table.Add(what, rates = []);
        rates.Add(rate);
    }

    private static void Print(Dictionary<string, List<double>> table)
    {
        double bare = Median(table["bare pwrite of 52 B, one by one"]), flush = Median(table["write and fdatasync, one by one"]) * Writers;
        Console.WriteLine($"medians of {Rounds} rounds, each by turns");
        foreach ((string what, List<double> rates) in table)
        {
            double rate = Median(rates), beside = what.Contains("durable", StringComparison.Ordinal) ? rate / flush : rate / bare;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what,-36} {rate,14:N0} /s   {beside,7:F2} x {(what.Contains("durable", StringComparison.Ordinal) ? "64 fdatasync" : "bare pwrite")}"));
        }
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
