using System.Diagnostics;

namespace Dataforts.Workloads;

/// <summary>What something took: time, time of all processors, bytes allocated and collections of the oldest generation.</summary>
internal readonly record struct Cost(double Seconds, double ProcessorSeconds, long AllocatedBytes, int OldCollections)
{
    public static Cost Of(Action action)
    {
        Cost before = Now();
        action();
        return Since(before);
    }

    public static async Task<Cost> OfAsync(Func<Task> action)
    {
        Cost before = Now();
        await action();
        return Since(before);
    }

    private static Cost Since(Cost before)
    {
        Cost now = Now();
        return new Cost(now.Seconds - before.Seconds, now.ProcessorSeconds - before.ProcessorSeconds,
            now.AllocatedBytes - before.AllocatedBytes, now.OldCollections - before.OldCollections);
    }

    private static Cost Now() => new(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, Environment.CpuUsage.TotalTime.TotalSeconds,
        GC.GetTotalAllocatedBytes(), GC.CollectionCount(2));
}
