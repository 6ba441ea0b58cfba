using Dataforts.Blobs.Adapters;

namespace Dataforts.Tests.Adapters;

/// <summary>The least a host can offer: two callbacks that block, under a budget.</summary>
public sealed class BlockingDelegateConformanceTests : AdapterConformance
{
    private readonly HostDictionary _host = new();

    public override ValueTask DisposeAsync() => default;

    protected override IBlobAdapter Make() =>
        new DelegateAdapter(_host.Blocking(), new DelegateOptions { Id = "host", CallBudget = TimeSpan.FromMinutes(1) });

    protected override long Residue() => _host.Count;
}
