using System.Diagnostics;
using System.Globalization;
using Dataforts.Channels;
using Dataforts.Store;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Benchmarks.Channels;

/// <summary>Events of 32 bytes through the public interface, beside bare writes and flushes to a file in the same folder, by turns in one process.</summary>
internal static partial class ChannelRatios
{
    private const int EventBytes = 32;
    private const int BareBytes = 52;
    private const int Writers = 64;
    private const int Batch = 64;
    private const int Rounds = 5;
    private const int Window = 4096;

    private static readonly string[] Parts = ["buffered", "volatile", "durable", "tail", "idle"];

    private static readonly ReadOnlyMemory<byte> Payload = new byte[EventBytes];

    /// <summary>Prints each figure with its yardstick.</summary>
    /// <param name="rest">A folder on the device to measure; the system's temporary one when there is none. Behind it what to measure, of
    /// buffered, volatile, durable, tail and idle; all of it when nothing is said.</param>
    public static async Task<int> RunAsync(string[] rest)
    {
        string folder = Path.Combine(rest.Length > 0 ? rest[0] : Path.GetTempPath(), $"dataforts-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            await MeasureAsync(folder, rest.Length > 1 ? rest[1..] : Parts);
            if (rest.Length < 2 || rest.Contains("idle")) await IdleAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static async Task MeasureAsync(string folder, string[] parts)
    {
        await using ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = Path.Combine(folder, "store"), Writable = true });
        await using var channels = new EventChannels(store);
        await using EventChannels memory = EventChannels.InMemory();
        IEventChannel channel = await channels.OpenAsync(ChannelName.Parse("one"));
        IEventChannel inMemory = await memory.OpenAsync(ChannelName.Parse("one"));
        var many = new IEventChannel[Writers];
        for (int i = 0; i < Writers; i++) many[i] = await channels.OpenAsync(ChannelName.Parse($"many/{i}"));
        using SafeFileHandle bare = File.OpenHandle(Path.Combine(folder, "bare"), FileMode.Create, FileAccess.ReadWrite);
        var table = new Dictionary<string, List<double>>();
        for (int round = 0; round <= Rounds; round++)
        {
            if (parts.Contains("buffered")) await BufferedAsync(table, round, channel, bare);
            if (parts.Contains("volatile"))
            {
                Note(table, round, "volatile, in a store", await AwaitedAsync(channel, 1_000_000, AppendOptions.With(Durability.Volatile)));
                Note(table, round, "volatile, in memory", await AwaitedAsync(inMemory, 1_000_000, AppendOptions.With(Durability.Volatile)));
            }
            // What the others left in the system's cache is none of a durable append's cost.
            await store.FlushAsync();
            if (parts.Contains("durable")) await DurableAsync(table, round, channel, many, bare);
            if (!parts.Contains("tail")) continue;
            Note(table, round, "append to tail, draining, p50 us", await LatencyAsync(channel, 50_000, pauseUs: 5));
            Note(table, round, "append to tail, from idle, p50 us", await LatencyAsync(channel, 2000, pauseUs: 500));
        }
        Print(table);
    }

    private static async Task BufferedAsync(Dictionary<string, List<double>> table, int round, IEventChannel channel, SafeFileHandle bare)
    {
        byte[] bytes = new byte[BareBytes];
        EventData[] batch = [.. Enumerable.Repeat((EventData)Payload, Batch)];
        long at = 0;
        Note(table, round, "bare pwrite of 52 B", Rate(100_000, () => RandomAccess.Write(bare, bytes, (at++ * BareBytes) % (64 << 20))));
        Note(table, round, "buffered, each awaited", await AwaitedAsync(channel, 100_000, default));
        Note(table, round, "buffered, pipelined", await PipelinedAsync(1_000_000, 1, () => channel.AppendAsync(Payload)));
        Note(table, round, "batches of 64, each awaited", await BatchesAsync(channel, 20_000, batch));
        Note(table, round, "batches of 64, pipelined", await PipelinedAsync(50_000, Batch, () => channel.AppendBatchAsync(batch)));
    }

    private static async Task<double> AwaitedAsync(IEventChannel channel, int count, AppendOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++) await channel.AppendAsync(Payload, options);
        double rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        // What is still on its way counts for nobody.
        if (options.Durability == Durability.Volatile) await WrittenAsync(channel);
        return rate;
    }

    private static async Task WrittenAsync(IEventChannel channel)
    {
        ulong last = await channel.AppendAsync(Payload, AppendOptions.With(Durability.Volatile));
        while ((await channel.GetInfoAsync()).Next <= last) await Task.Yield();
    }

    private static async Task<double> BatchesAsync(IEventChannel channel, int count, EventData[] batch)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++) await channel.AppendBatchAsync(batch);
        return (double)Batch * count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Each result is taken, a window later.
    private static async Task<double> PipelinedAsync(int count, int each, Func<ValueTask<ulong>> append)
    {
        var window = new ValueTask<ulong>[Window];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            if (i >= Window) await window[i % Window];
            Keep(i % Window, append());
        }
        for (int i = Math.Max(0, count - Window); i < count; i++) await window[i % Window];
        return (double)each * count / Stopwatch.GetElapsedTime(start).TotalSeconds;

        void Keep(int index, ValueTask<ulong> result) => window[index] = result;
    }

    private static async Task<double> LatencyAsync(IEventChannel channel, int count, int pauseUs)
    {
        ulong from = (await channel.GetInfoAsync()).Next;
        var took = new double[count];
        Task reader = Task.Run(async () =>
        {
            int i = 0;
            await foreach (TailItem item in channel.TailAsync(from))
            {
                took[i] = Stopwatch.GetElapsedTime(BitConverter.ToInt64(item.Event.Payload.Span)).TotalMicroseconds;
                if (++i == count) break;
            }
        });
        await Task.Delay(20);
        await Task.Run(async () =>
        {
            byte[] payload = new byte[EventBytes];
            for (int i = 0; i < count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                BitConverter.TryWriteBytes(payload, start);
                await channel.AppendAsync(payload);
                while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < pauseUs) Thread.SpinWait(5);
            }
        });
        await reader;
        Array.Sort(took);
        return took[count / 2];
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
        double bare = MedianOf("bare pwrite of 52 B"), flush = MedianOf("write and fdatasync") * Writers;
        Console.WriteLine($"medians of {Rounds} rounds by turns, through IEventChannel");
        foreach ((string what, List<double> rates) in table)
        {
            double rate = Median(rates);
            string beside = what switch
            {
                _ when what.EndsWith("us", StringComparison.Ordinal) || what.StartsWith("events", StringComparison.Ordinal) => "",
                _ when what.StartsWith("durable", StringComparison.Ordinal) =>
                    string.Create(CultureInfo.InvariantCulture, $"{rate / flush,7:F2} x 64 fdatasync"),
                _ => string.Create(CultureInfo.InvariantCulture, $"{rate / bare,7:F2} x bare pwrite"),
            };
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-36} {rate,14:N1}   {beside}"));
        }

        double MedianOf(string what) => table.TryGetValue(what, out List<double>? rates) ? Median(rates) : double.NaN;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
