using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Verified bytes of a read: a view of the chunk's own buffer, which goes back to the pool when this is disposed.</summary>
internal sealed class VerifiedSlice(ChunkBuffer chunk, int start, int length) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => chunk.Memory.Slice(start, length);

    public void Dispose() => chunk.Dispose();
}
