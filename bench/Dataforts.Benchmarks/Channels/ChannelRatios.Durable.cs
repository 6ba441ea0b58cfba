using System.Diagnostics;
using System.Diagnostics.Metrics;
using Dataforts.Channels;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Benchmarks.Channels;

internal static partial class ChannelRatios
{
    private static async Task DurableAsync(
        Dictionary<string, List<double>> table, int round, IEventChannel channel, IEventChannel[] many, SafeFileHandle bare)
    {
        byte[] bytes = new byte[BareBytes];
        // Behind the end, as a log is written; and for comparison where there are blocks already.
        long end = RandomAccess.GetLength(bare);
        Note(table, round, "write and fdatasync", FlushRate(end));
        Note(table, round, "write and fdatasync, in place", FlushRate(end));
        (double rate, double each) = await DurableAsync(_ => channel);
        Note(table, round, "durable, 64 writers, one channel", rate);
        Note(table, round, "events a flush, one channel", each);
        (rate, each) = await DurableAsync(i => many[i]);
        Note(table, round, "durable, 64 writers, 64 channels", rate);
        Note(table, round, "events a flush, 64 channels", each);

        double FlushRate(long at) => Rate(200, () =>
        {
            RandomAccess.Write(bare, bytes, at);
            RandomAccess.FlushToDisk(bare);
            at += BareBytes;
        });
    }

    private static async Task<(double Rate, double EventsEach)> DurableAsync(Func<int, IEventChannel> channelOf)
    {
        const int Each = 1000;
        long flushes = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument == DatafortsMeter.Flushes) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref flushes, count));
        listener.Start();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(async () =>
        {
            IEventChannel channel = channelOf(i);
            for (int k = 0; k < Each; k++) await channel.AppendAsync(Payload, AppendOptions.With(Durability.Durable));
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (Writers * Each / seconds, (double)Writers * Each / Interlocked.Read(ref flushes));
    }
}
