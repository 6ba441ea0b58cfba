namespace Dataforts.Store;

/// <summary>A put under way: until it ends, no chunk that is stored or met meanwhile is collected, whoever else lets go of it.</summary>
/// <remarks>End it once, after what was put has been given a name or a lease. Ending one that was never begun does nothing.</remarks>
internal readonly struct PutSession(ChunkStore? store, long generation) : IDisposable
{
    public void Dispose() => store?.EndPut(generation);
}
