using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataforts.Chunking;

public sealed partial class FastCdcChunker
{
    /// <summary>How many positions were examined since construction; shows that scanning is linear.</summary>
    internal long ExaminedPositions { get; private set; }

    /// <summary>Whether long stretches go through the vector lanes; off, everything is scalar. The cuts are the same.</summary>
    internal bool UsesLanes { get; init; } = LanesAreSupported;

    /// <summary>Examines the positions from <see cref="_position"/> up to <paramref name="end"/>, both even.</summary>
    /// <returns>Whether one fired; then <see cref="_position"/> is that position, else <paramref name="end"/>.</returns>
    private bool Scan(ReadOnlySpan<byte> window, int end, ulong mask)
    {
        if (UsesLanes && end - _position >= FewestLaneBytes && CanFilter(mask))
        {
            // A lane takes its start from the bytes before it, so all that count must lie in the hashed part of the chunk.
            int history = _firstPosition + HistoryBytes;
            if ((_position < history && ScanScalar(window, history, mask)) || ScanLanes(window, end, mask)) return true;
        }
        return ScanScalar(window, end, mask);
    }

    private bool ScanScalar(ReadOnlySpan<byte> window, int end, ulong mask)
    {
        int start = _position;
        if (start >= end) return false;
        _position = FirstHit(window[..end], start, mask, ref _hash);
        ExaminedPositions += _position - start;
        return _position < end;
    }

    /// <summary>Examines the positions from <paramref name="position"/> to the end of <paramref name="bytes"/>, two at a step: the hash is
    /// moved on by two places at once, so the first byte's value is added one place higher and met by a mask one place higher.</summary>
    /// <returns>The position that fired, or the length of <paramref name="bytes"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FirstHit(ReadOnlySpan<byte> bytes, int position, ulong mask, ref ulong hash)
    {
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        ref ulong gear = ref MemoryMarshal.GetReference(GearTable.Gear);
        ulong h = hash;
        nint i = position;
        for (; i < bytes.Length; i += 2)
        {
            h = (h << 2) + (Unsafe.Add(ref gear, Unsafe.Add(ref first, i)) << 1);
            if ((h & (mask << 1)) == 0) break;
            h += Unsafe.Add(ref gear, Unsafe.Add(ref first, i + 1));
            if ((h & mask) == 0)
            {
                i++;
                break;
            }
        }
        hash = h;
        return (int)i;
    }
}
