using System.Diagnostics.Metrics;
using Dataforts.Greedy.Admission;

namespace Dataforts.Greedy.Running;

/// <summary>The instruments of one runtime, read when someone looks, so that an event pays nothing for them. They end with the runtime.</summary>
internal sealed class GreedyMeter : IDisposable
{
    private readonly Meter _meter = new(DatafortsMeter.Name, DatafortsMeter.Meter.Version);
    private readonly GreedyRuntime _runtime;

    public GreedyMeter(GreedyRuntime runtime)
    {
        _runtime = runtime;
        _meter.CreateObservableCounter("dataforts.greedy.admit_rejected", Rejected, "{event}", "Events not cached, by reason.");
        _meter.CreateObservableCounter("dataforts.greedy.evictions", () => runtime.Counters.Evictions, "{channel}", "Channels evicted.");
        _meter.CreateObservableCounter("dataforts.greedy.cache.misses", () => runtime.Counters.Misses, "{read}", "Reads not served from the cache.");
        _meter.CreateObservableCounter(
            "dataforts.greedy.announce.failures", () => runtime.Counters.FailedAnnouncements, "{announcement}", "Announcements that failed.");
        _meter.CreateObservableGauge(
            "dataforts.greedy.claims.unclaimed", () => runtime.Counters.Unclaimed, "{origin}", "Origins held and not advertised.");
        _meter.CreateObservableGauge("dataforts.greedy.bytes_resident", () => runtime.Counters.UsedBytes, "By", "Memory that cached events take.");
        _meter.CreateObservableGauge("dataforts.greedy.budget.available", () => runtime.Counters.BudgetBytes, "By", "Bytes that the budget would give.");
    }

    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, _meter);

    public void Dispose() => _meter.Dispose();

    private List<Measurement<long>> Rejected()
    {
        List<Measurement<long>> all = [];
        for (var reason = AdmissionRefusal.Scope; reason <= AdmissionRefusal.Budget; reason++)
            all.Add(new Measurement<long>(_runtime.Refusals(reason), new KeyValuePair<string, object?>("reason", NameOf(reason))));
        return all;
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
}
