using System.Buffers.Binary;

namespace Dataforts.Chunking;

/// <summary>Cuts where the content says so, like <see cref="FastCdcChunker"/> and to sizes spread like its, but by a rule made for vector
/// instructions. Only the last chunk of a stream may be shorter than the minimum; none is longer than the maximum. Not thread-safe.</summary>
/// <remarks>A gear hash waits for itself at every byte. Here a position's hash is made of byte pairs 64 bytes apart, so 64 neighbouring positions
/// have nothing to do with each other and are moved on together; the few that pass are decided by a second hash, of the 64 bytes before them.
/// docs/FORMAT.md has the rule. The spread of sizes (a strict threshold up to the average, a loose one from there on) is that of "The Design
/// of Fast Content-Defined Chunking for Data Deduplication Based Storage Systems", Xia et al., 2020; deciding many positions at a time
/// follows "VectorCDC" (arXiv 2508.05797).</remarks>
public sealed partial class StrideChunker : Chunker
{
    private const int Stride = 64;
    private const int Terms = 8;
    private const int WarmUpBytes = Stride * (Terms - 1);
    private const int SecondBytes = 64;
    private const int NearPair = 2;
    private const int SecondPair = 13;
    private const int ThirdPair = 27;
    private const int FarPair = 46;
    private const ushort HighFactor = 0x9E37;
    private const ushort LowFactor = 0xB5C7;
    private const int PassingBits = 12; // One position in 2^12 passes.
    private const short PassesAbove = 0x7FEF; // As a signed number, which every instruction set compares.
    private const ulong FirstKey = 0x9E3779B97F4A7C15;
    private const ulong SecondKey = 0xC2B2AE3D27D4EB4F;

    private readonly int _minBytes;
    private readonly int _averageBytes;
    private readonly int _maxBytes;
    private readonly ulong _strictBelow;
    private readonly ulong _looseBelow;

    // The next position of the open chunk to examine; no hash is kept, since all that counts for one lies in the bytes before it.
    private int _position;

    /// <summary>Makes a chunker of one size triple; the ranges are those of <see cref="ChunkingProfile.Strided"/>.</summary>
    /// <param name="minBytes">1,024 to 1,048,576.</param>
    /// <param name="averageBytes">16,384 to 4,194,304; more than <paramref name="minBytes"/>.</param>
    /// <param name="maxBytes">32,768 to 16,777,216; more than <paramref name="averageBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range, or the three do not rise strictly.</exception>
    public StrideChunker(int minBytes, int averageBytes, int maxBytes)
    {
        ChunkingProfile.RequireStrided(minBytes, averageBytes, maxBytes);
        _minBytes = minBytes;
        _averageBytes = averageBytes;
        _maxBytes = maxBytes;
        // Of the positions that pass the first hash, as many pass the second that one in 4 averages is cut, or four in one average.
        _strictBelow = (1UL << (32 + PassingBits - 2)) / (uint)averageBytes;
        _looseBelow = (1UL << (32 + PassingBits + 2)) / (uint)averageBytes;
        _position = minBytes;
    }

    /// <inheritdoc/>
    public override int MaxChunkBytes => _maxBytes;

    /// <inheritdoc/>
    public override int FindCut(ReadOnlySpan<byte> window, bool isFinal)
    {
        if (_position > _minBytes && window.Length < _position)
            throw new ArgumentException($"The window has {window.Length} bytes, but {_position} of this chunk were scanned.", nameof(window));

        bool isWhole = isFinal || window.Length >= _maxBytes;
        int end = Math.Min(window.Length, _maxBytes);
        if (ScanSteps(window[..end]) || (isWhole && ScanRest(window[..end]))) return Cut(_position);
        return isWhole ? Cut(end) : 0;
    }

    /// <inheritdoc/>
    public override void Reset() => _position = _minBytes;

    /// <summary>The second hash, of the bytes before the position: whether one that passed the first is a cut.</summary>
    private bool Decides(ReadOnlySpan<byte> before, int position)
    {
        ulong hash = 0;
        for (; !before.IsEmpty; before = before[16..])
        {
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(before), second = BinaryPrimitives.ReadUInt64LittleEndian(before[8..]);
            ulong high = Math.BigMul(first ^ FirstKey ^ hash, second ^ SecondKey, out ulong low);
            hash = high ^ low;
        }
        return hash >> 32 < (position < _averageBytes ? _strictBelow : _looseBelow);
    }

    private int Cut(int length)
    {
        Reset();
        return length;
    }
}
