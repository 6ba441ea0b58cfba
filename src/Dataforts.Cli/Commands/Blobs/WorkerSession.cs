using Dataforts.Blobs;
using Dataforts.Directories;
using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>Which workers a store has.</summary>
internal static class WorkerSession
{
    public static WorkerDesk DeskOf(BlobStore store) => new(store.Chunks, StoreWorkers.Of(store, new DirectoryLinks()));

    public static WorkerHost HostOf(BlobStore store) => new(store.Chunks, StoreWorkers.Of(store, new DirectoryLinks()));
}
