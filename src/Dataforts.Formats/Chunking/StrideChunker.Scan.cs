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
        int length = (bytes.Length - _position) & -Stride;
        if (length <= 0) return false;
        int cut;
        fixed (byte* first = bytes) cut = FirstCut(first + _position, first + _position + length);
        int examined = cut < 0 ? length : cut;
        _position += examined;
        ExaminedPositions += examined;
        return cut >= 0;
    }

    /// <summary>Examines the last positions before the end, too few for a step.</summary>
    private unsafe bool ScanRest(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            for (; _position < bytes.Length; _position++, ExaminedPositions++)
            {
                if (Hash(first + _position) > PassesAbove && Decides(bytes[(_position - SecondBytes).._position], _position)) return true;
            }
        }
        return false;
    }

    private static unsafe short Hash(byte* position)
    {
        ushort hash = 0;
        for (byte* term = position - WarmUpBytes; term <= position; term += Stride) hash = Next(hash, term);
        return (short)hash;
    }

    /// <summary>How far the first cut is from the first position; negative when there is none before the end.</summary>
    [SkipLocalsInit]
    private unsafe int FirstCut(byte* from, byte* end)
    {
        ushort* hashes = stackalloc ushort[Stride];
        new Span<ushort>(hashes, Stride).Clear();
        // The steps before the first only warm up.
        for (byte* step = from - WarmUpBytes; ; step += Stride)
        {
            step = VectorBits switch
            {
                512 => NextPassing512(step, end, hashes),
                256 => NextPassing256(step, end, hashes),
                128 => NextPassing128(step, end, hashes),
                _ => NextPassing(step, end, hashes),
            };
            if (step >= end) return -1;
            if (step < from) continue;
            for (ulong passed = Passed(hashes); passed != 0; passed &= passed - 1)
            {
                int offset = (int)(step - from) + BitOperations.TrailingZeroCount(passed);
                if (Decides(new ReadOnlySpan<byte>(from + offset - SecondBytes, SecondBytes), _position + offset)) return offset;
            }
        }
    }

    /// <summary>Bit i: position i of the step passes.</summary>
    private static unsafe ulong Passed(ushort* hashes)
    {
        Vector512<short> below = Vector512.Create(PassesAbove);
        ulong even = Vector512.GreaterThan(Vector512.Load((short*)hashes), below).ExtractMostSignificantBits();
        ulong odd = Vector512.GreaterThan(Vector512.Load((short*)hashes + 32), below).ExtractMostSignificantBits();
        return Spread(even) | (Spread(odd) << 1);
    }

    // Bit i to bit 2 i.
    private static ulong Spread(ulong bits)
    {
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }
}
