using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Chunking;

public sealed partial class StrideChunker
{
    /// <summary>How many bits wide the vectors are: 512, 256, 128, or 0 for none. The cuts are the same.</summary>
    internal int VectorBits { get; init; } = WidestVectorBits;

    /// <summary>How many positions were examined since construction; shows that scanning is linear.</summary>
    internal long ExaminedPositions { get; private set; }

    /// <summary>The widest vectors of this machine that the scan is written for.</summary>
    internal static int WidestVectorBits =>
        Avx512BW.IsSupported ? 512 : Avx2.IsSupported ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Examines as many whole steps as the bytes hold.</summary>
    /// <returns>Whether a position is a cut; then <see cref="_position"/> is that position, else the first one not examined.</returns>
    private unsafe bool ScanSteps(ReadOnlySpan<byte> bytes)
    {
        // The last position of a step looks at the byte before it and no further.
        int length = (bytes.Length + 1 - _position) & -Stride;
        if (length <= 0) return false;
        int cut;
        fixed (byte* first = bytes)
        {
            byte* from = first + _position;
            cut = VectorBits switch
            {
                512 => Scan512(from, from + length),
                256 => Scan256(from, from + length),
                128 => Scan128(from, from + length),
                _ => ScanScalar(from, from + length),
            };
        }
        int examined = cut < 0 ? length : cut;
        _position += examined;
        ExaminedPositions += examined;
        return cut >= 0;
    }

    /// <summary>Of the positions of a step that passed the first hash, the first that the second makes a cut; negative if it is none.</summary>
    /// <param name="from">The first position of the scan, which is <see cref="_position"/>.</param>
    /// <param name="step">The first of the step.</param>
    /// <param name="hits">Bit i: position i passed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe int FirstCut(byte* from, byte* step, ulong hits)
    {
        for (; hits != 0; hits &= hits - 1)
        {
            int offset = (int)(step - from) + BitOperations.TrailingZeroCount(hits);
            if (Decides(new ReadOnlySpan<byte>(from + offset - SecondBytes, SecondBytes), _position + offset)) return offset;
        }
        return -1;
    }

    /// <summary>Bit i of <paramref name="even"/> to bit 2i, bit i of <paramref name="odd"/> to bit 2i + 1.</summary>
    private static ulong Interleave(uint even, uint odd) => Spread(even) | (Spread(odd) << 1);

    private static ulong Spread(ulong bits)
    {
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }

    private unsafe int ScanScalar(byte* from, byte* end)
    {
        uint* hashes = stackalloc uint[Stride];
        for (byte* step = from - WarmUpBytes; step < end; step += Stride)
        {
            ulong hits = 0;
            for (int i = 0; i < Stride; i++)
            {
                byte* pair = step + i - 2;
                hashes[i] = (hashes[i] << 2) + (((pair[0] | ((uint)pair[1] << 8)) * Factor) >> 16);
                hits |= (short)hashes[i] >= PassesFrom ? 1UL << i : 0;
            }
            if (hits != 0 && step >= from && FirstCut(from, step, hits) is var cut and >= 0) return cut;
        }
        return -1;
    }
}
