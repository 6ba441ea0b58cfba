using System.Collections.Immutable;

namespace Dataforts.Content;

public sealed partial class ManifestRef
{
    /// <summary>The parts of chunks that make up the bytes from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    /// <returns>In order; none when the range is empty. Their concatenation is the range.</returns>
    /// <exception cref="DecodeException"><see cref="DecodeError.RangeOutOfBounds"/>: the range ends before it starts, or past the blob.</exception>
    public ImmutableArray<ChunkSlice> Slice(ulong start, ulong end)
    {
        if (start > end)
            throw new DecodeException(DecodeError.RangeOutOfBounds, $"The range from {start} to {end} ends before it starts.");
        if (end > SizeBytes)
            throw new DecodeException(DecodeError.RangeOutOfBounds, $"The range to {end} reaches past the blob's {SizeBytes} bytes.");
        if (start == end)
            return [];
        const ulong Stride = FormatLimits.ManifestChunkSizeBytes;
        int first = (int)(start / Stride);
        int last = (int)((end - 1) / Stride);
        ImmutableArray<ChunkSlice>.Builder slices = ImmutableArray.CreateBuilder<ChunkSlice>(last - first + 1);
        for (int i = first; i <= last; i++)
        {
            ulong chunkStart = (ulong)i * Stride;
            uint from = i == first ? (uint)(start - chunkStart) : 0;
            uint to = i == last ? (uint)(end - chunkStart) : Chunks[i].SizeBytes;
            slices.Add(new ChunkSlice(i, from, to));
        }
        return slices.MoveToImmutable();
    }
}
