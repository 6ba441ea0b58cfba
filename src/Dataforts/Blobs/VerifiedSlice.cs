using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Verified bytes of a read: a view of the chunk's own buffer, which goes back to the pool when this is disposed.</summary>
internal readonly struct VerifiedSlice(ChunkBuffer chunk, int start, int length) : IDisposable
{
    /// <summary>What to dispose, by whoever keeps the memory and not the slice.</summary>
    public IDisposable Owner => chunk;

    public ReadOnlyMemory<byte> Memory => chunk.Memory.Slice(start, length);

    public void Dispose() => chunk.Dispose();
}
