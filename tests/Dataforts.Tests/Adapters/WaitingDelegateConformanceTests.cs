using Dataforts.Blobs.Adapters;

namespace Dataforts.Tests.Adapters;

public sealed class WaitingDelegateConformanceTests : AdapterConformance
{
    private readonly HostDictionary _host = new();

    public override ValueTask DisposeAsync() => default;

    protected override IBlobAdapter Make() => new DelegateAdapter(_host.Waiting(), new DelegateOptions { Id = "host", Schemes = ["host"] });

    protected override long Residue() => _host.Count;
}
