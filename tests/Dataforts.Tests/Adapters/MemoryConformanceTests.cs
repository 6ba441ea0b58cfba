using Dataforts.Blobs.Adapters;

namespace Dataforts.Tests.Adapters;

public sealed class MemoryConformanceTests : AdapterConformance
{
    public override ValueTask DisposeAsync() => default;

    protected override IBlobAdapter Make() => new MemoryAdapter();

    protected override long Residue() => ((MemoryAdapter)Adapter).SizeBytes;
}
