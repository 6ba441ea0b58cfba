using Dataforts.Store.Events;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    /// <summary>The channels of the store.</summary>
    internal EventLog Events { get; } = new();
}
