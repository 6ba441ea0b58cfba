namespace Dataforts.Store;

/// <summary>Room that a put was promised before its first byte. What it has written counts against the store's disk, and no longer against the claim.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class RoomClaim : IDisposable
{
    private readonly ChunkStore _store;
    private readonly long _bytes;
    private long _spent;

    internal RoomClaim(ChunkStore store, long bytes)
    {
        _store = store;
        _bytes = bytes;
    }

    /// <summary>Says how many of the bytes were written or found stored already, all in all.</summary>
    public void Spend(long totalBytes)
    {
        long total = Math.Clamp(totalBytes, 0, _bytes);
        long before = Interlocked.Read(ref _spent);
        while (total > before)
        {
            long seen = Interlocked.CompareExchange(ref _spent, total, before);
            if (seen == before)
            {
                _store.GiveBackRoom(total - before);
                return;
            }
            before = seen;
        }
    }

    /// <summary>Gives back what was not needed.</summary>
    public void Dispose() => Spend(_bytes);
}
