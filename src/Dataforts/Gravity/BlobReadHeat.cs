using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Gravity;

/// <summary>Counts what the blob read path reads: one lock and one time for all chunks of a read, and no list of them.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="heat">Counts.</param>
/// <param name="clock">Gives the time.</param>
public sealed class BlobReadHeat(HeatRegistry<BlobHash> heat, GravityClock clock) : IReadHeat
{
    /// <inheritdoc/>
    public void Count(BlobHash chunk) => heat.Bump(chunk, clock.Now);

    /// <inheritdoc/>
    public void Count(ReadOnlySpan<ChunkRef> chunks) => heat.Bump(new Walk(chunks), clock.Now);

    private ref struct Walk(ReadOnlySpan<ChunkRef> chunks) : IHeatKeys<BlobHash>
    {
        private readonly ReadOnlySpan<ChunkRef> _chunks = chunks;
        private int _index = -1;

        public readonly BlobHash Current => _chunks[_index].Hash;

        public bool MoveNext() => ++_index < _chunks.Length;
    }
}
