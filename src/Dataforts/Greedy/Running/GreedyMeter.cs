using System.Diagnostics.Metrics;
using Dataforts.Greedy.Admission;

namespace Dataforts.Greedy.Running;

/// <summary>The instruments of greedy caching: sums over the runtimes of the process, taken when someone looks, so that an event pays nothing for
/// them.</summary>
internal static class GreedyMeter
{
    private static readonly Lock Gate = new();
    private static readonly List<GreedyRuntime> Runtimes = [];
    private static readonly long[] Ended = new long[(int)AdmissionRefusal.Budget + 1];
    private static long _endedEvictions;
    private static long _endedMisses;

    static GreedyMeter()
    {
        Meter meter = DatafortsMeter.Meter;
        meter.CreateObservableCounter("dataforts.greedy.admit_rejected", Rejected, "{event}", "Events not cached, by reason.");
        meter.CreateObservableCounter(
            "dataforts.greedy.evictions", () => Sum(ref _endedEvictions, counters => counters.Evictions), "{channel}", "Channels evicted.");
        meter.CreateObservableCounter(
            "dataforts.greedy.cache.misses", () => Sum(ref _endedMisses, counters => counters.Misses), "{read}", "Reads not served from the cache.");
        meter.CreateObservableGauge(
            "dataforts.greedy.bytes_resident", () => Now(counters => counters.UsedBytes), "By", "Memory that cached events take.");
        meter.CreateObservableGauge(
            "dataforts.greedy.budget.available", () => Now(counters => counters.BudgetBytes), "By", "Bytes that the budget would give.");
    }

    public static void Add(GreedyRuntime runtime)
    {
        lock (Gate) Runtimes.Add(runtime);
    }

    public static void Remove(GreedyRuntime runtime)
    {
        lock (Gate)
        {
            if (!Runtimes.Remove(runtime)) return;
            for (int reason = 0; reason < Ended.Length; reason++) Ended[reason] += runtime.Refusals((AdmissionRefusal)reason);
            _endedEvictions += runtime.Counters.Evictions;
            _endedMisses += runtime.Counters.Misses;
        }
    }

    private static List<Measurement<long>> Rejected()
    {
        lock (Gate)
        {
            List<Measurement<long>> all = [];
            for (var reason = AdmissionRefusal.Scope; reason <= AdmissionRefusal.Budget; reason++)
            {
                AdmissionRefusal asked = reason;
                long sum = Ended[(int)reason] + Runtimes.Sum(runtime => runtime.Refusals(asked));
                all.Add(new Measurement<long>(sum, new KeyValuePair<string, object?>("reason", NameOf(reason))));
            }
            return all;
        }
    }

    private static string NameOf(AdmissionRefusal reason) => reason switch
    {
        AdmissionRefusal.Scope => "scope",
        AdmissionRefusal.Intent => "intent",
        AdmissionRefusal.Colocation => "colocation",
        AdmissionRefusal.Proximity => "proximity",
        AdmissionRefusal.Access => "access",
        AdmissionRefusal.Capacity => "capacity",
        AdmissionRefusal.Readmission => "readmission",
        _ => "budget",
    };

    private static long Sum(ref long ended, Func<GreedyCounters, long> value)
    {
        lock (Gate) return ended + Runtimes.Sum(runtime => value(runtime.Counters));
    }

    private static long Now(Func<GreedyCounters, long> value)
    {
        lock (Gate) return Runtimes.Sum(runtime => value(runtime.Counters));
    }
}
