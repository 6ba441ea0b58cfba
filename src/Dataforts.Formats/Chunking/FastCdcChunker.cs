using System.Numerics;

namespace Dataforts.Chunking;

/// <summary>Cuts where the content says so, so that an edit moves few cuts. Only the last chunk of a stream may be shorter than the minimum
/// (an odd minimum counts as one less); none is longer than the maximum. Not thread-safe.</summary>
/// <remarks>Source: "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage Systems", Xia et al., 2020, in the form
/// of the fastcdc crate 4.0.1: normalization level 2, seed 0. The same bytes and sizes give the same cuts as there.</remarks>
public sealed partial class FastCdcChunker : Chunker
{
    private readonly int _minBytes;
    private readonly int _maxBytes;
    private readonly int _firstPosition;
    private readonly int _looseFrom;
    private readonly ulong _strictMask;
    private readonly ulong _looseMask;

    // Of the open chunk: the next position to examine, and the hash of the bytes from the first position up to it.
    private int _position;
    private ulong _hash;

    /// <summary>Makes a chunker of one size triple; the ranges are those of <see cref="ChunkingProfile.Cdc"/>.</summary>
    /// <param name="minBytes">64 to 1,048,576.</param>
    /// <param name="averageBytes">256 to 4,194,304; more than <paramref name="minBytes"/>.</param>
    /// <param name="maxBytes">1,024 to 16,777,216; more than <paramref name="averageBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range, or the three do not rise strictly.</exception>
    public FastCdcChunker(int minBytes, int averageBytes, int maxBytes)
    {
        ChunkingProfile.RequireCdc(minBytes, averageBytes, maxBytes);
        _minBytes = minBytes;
        _maxBytes = maxBytes;
        _firstPosition = Even(minBytes);
        _looseFrom = Even(averageBytes);
        int bits = RoundedLog2(averageBytes);
        _strictMask = GearTable.Mask(bits + 2);
        _looseMask = GearTable.Mask(bits - 2);
        _position = _firstPosition;
    }

    /// <inheritdoc/>
    public override int MaxChunkBytes => _maxBytes;

    /// <inheritdoc/>
    public override int FindCut(ReadOnlySpan<byte> window, bool isFinal)
    {
        if (_position > _firstPosition && window.Length < _position)
            throw new ArgumentException($"The window has {window.Length} bytes, but {_position} of this chunk were scanned.", nameof(window));

        if (window.Length > _minBytes)
        {
            // Bytes are examined in pairs: an odd last byte waits for its partner, or is never examined.
            int end = Even(Math.Min(window.Length, _maxBytes));
            if (Scan(window, Math.Min(end, _looseFrom), _strictMask) || Scan(window, end, _looseMask)) return Cut(_position);
            if (window.Length >= _maxBytes) return Cut(_maxBytes);
        }
        return isFinal ? Cut(window.Length) : 0;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _position = _firstPosition;
        _hash = 0;
    }

    private static int Even(int length) => length & ~1;

    // The logarithm's fraction is at least a half when the square reaches the next odd power of two; integers never meet the half itself.
    private static int RoundedLog2(int value)
    {
        int floor = BitOperations.Log2((uint)value);
        return (long)value * value >> ((2 * floor) + 1) == 0 ? floor : floor + 1;
    }

    private int Cut(int length)
    {
        Reset();
        return length;
    }
}
