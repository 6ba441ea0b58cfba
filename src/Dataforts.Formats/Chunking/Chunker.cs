namespace Dataforts.Chunking;

/// <summary>Cuts one stream of bytes into chunks. One instance per stream; not thread-safe; reusable after <see cref="Reset"/>.</summary>
/// <remarks>The cuts depend on the bytes alone, never on how they were fed. Finding them allocates nothing.</remarks>
public abstract class Chunker
{
    /// <summary>The largest length, in bytes, <see cref="FindCut"/> returns. A window of that many bytes always holds a whole chunk.</summary>
    public abstract int MaxChunkBytes { get; }

    /// <summary>The length of the chunk that starts at the window's first byte.</summary>
    /// <remarks>How far the current chunk was scanned is remembered: a call with a longer window of the same chunk costs only the new bytes.
    /// After a cut the next call starts a new chunk, so its window starts at the cut.</remarks>
    /// <param name="window">Every byte at hand from the current chunk's start on, contiguous; it may reach far past the chunk's end.
    /// While a chunk is open, a window never is shorter than the one before and begins with the same bytes.</param>
    /// <param name="isFinal">Whether the stream ends with the window. Then a non-empty window always has a cut.</param>
    /// <returns>The chunk's length in bytes once its end is certain; 0 when that takes more input, and for an empty window.</returns>
    /// <exception cref="ArgumentException">The window ends before the bytes of this chunk that were scanned already.</exception>
    public abstract int FindCut(ReadOnlySpan<byte> window, bool isFinal);

    /// <summary>Forgets the open chunk: the next window starts a chunk, of the same stream or another.</summary>
    public abstract void Reset();
}
