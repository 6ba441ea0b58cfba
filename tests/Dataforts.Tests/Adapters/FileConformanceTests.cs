using Dataforts.Blobs.Adapters;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Adapters;

public sealed class FileConformanceTests : AdapterConformance
{
    private readonly ScratchFolder _folder = new();

    public override ValueTask DisposeAsync()
    {
        ((FileAdapter)Adapter).Dispose();
        _folder.Dispose();
        return default;
    }

    protected override IBlobAdapter Make() => new FileAdapter(new FileAdapterOptions { Root = _folder["blobs"], MaxOperations = 4 });

    protected override long Residue() => Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Count();
}
