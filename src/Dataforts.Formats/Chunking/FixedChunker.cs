namespace Dataforts.Chunking;

/// <summary>Cuts after every <see cref="SizeBytes"/> bytes; only the last chunk of a stream may be shorter. Not thread-safe.</summary>
public sealed class FixedChunker : Chunker
{
    /// <summary>Makes a chunker of one size.</summary>
    /// <param name="sizeBytes">From 1 to <see cref="ChunkingProfile.LargestChunkBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sizeBytes"/> is outside that range.</exception>
    public FixedChunker(int sizeBytes)
    {
        ChunkingProfile.RequireFixed(sizeBytes);
        SizeBytes = sizeBytes;
    }

    /// <summary>Bytes in every chunk but perhaps the last.</summary>
    public int SizeBytes { get; }

    /// <inheritdoc/>
    public override int MaxChunkBytes => SizeBytes;

    /// <inheritdoc/>
    public override int FindCut(ReadOnlySpan<byte> window, bool isFinal) =>
        window.Length >= SizeBytes ? SizeBytes : isFinal ? window.Length : 0;

    /// <inheritdoc/>
    public override void Reset()
    {
    }
}
