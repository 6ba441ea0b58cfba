namespace Dataforts.Store;

/// <summary>A read under way: until it ends, nothing that its ref reaches is collected.</summary>
/// <remarks>End it once. Ending one that was never begun does nothing.</remarks>
internal readonly struct ReadLease(ChunkStore? store, long number) : IDisposable
{
    public void Dispose() => store?.EndRead(number);
}
