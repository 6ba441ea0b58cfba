using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataforts.Chunking;

public sealed partial class FastCdcChunker
{
    /// <summary>How many bytes were hashed since construction; shows that scanning is linear.</summary>
    internal long HashedBytes { get; private set; }

    /// <summary>Examines the positions from <see cref="_position"/> up to <paramref name="end"/>, both even.</summary>
    /// <returns>Whether one fired; then <see cref="_position"/> is that position, else <paramref name="end"/>.</returns>
    private bool Scan(ReadOnlySpan<byte> window, int end, ulong mask)
    {
        int start = _position;
        if (start >= end) return false;
        _position = ScanScalar(window[..end], start, mask, ref _hash);
        HashedBytes += _position - start;
        return _position < end;
    }

    /// <summary>Examines the positions from <paramref name="position"/> to the end of <paramref name="bytes"/>, two at a step: the hash is
    /// moved on by two places at once, so the first byte's value is added one place higher and met by a mask one place higher.</summary>
    /// <returns>The position that fired, or the length of <paramref name="bytes"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ScanScalar(ReadOnlySpan<byte> bytes, int position, ulong mask, ref ulong hash)
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
