using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Chunking;

public sealed partial class FastCdcChunker
{
    /// <summary>Whether this machine has the instructions the lanes are made of.</summary>
    internal static bool LanesAreSupported => Avx512Vbmi.IsSupported && Avx512BW.IsSupported;

    /// <summary>Scans 16 segments of <paramref name="segment"/> bytes (a multiple of 16) from <paramref name="block"/> on, side by side, each
    /// warmed up with the 32 bytes before it.</summary>
    /// <returns>How many entries of <paramref name="found"/> were written; it needs one for every 4 bytes of a segment and its warm-up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int FindCandidates(byte* block, nint segment, uint mask, Candidates* found)
    {
        fixed (byte* planes = GearTable.LowPlanes)
        {
            BytePlane plane0 = new(planes), plane1 = new(planes + 256), plane2 = new(planes + 512), plane3 = new(planes + 768);
            Vector512<uint> masks = Vector512.Create(mask);
            Vector512<uint> hash = Vector512<uint>.Zero;
            bool rare = BitOperations.PopCount(mask) >= RareFilterBits;
            Candidates* next = found;
            for (nint i = -LowHistoryBytes; i < segment; i += 16)
            {
                // 16 bytes of each segment, four segments to a row. Zipped, each quarter holds byte pairs of its four segments side by side.
                Vector512<ushort> row0 = Row(block + i, segment), row1 = Row(block + segment + i, segment);
                Vector512<ushort> row2 = Row(block + (2 * segment) + i, segment), row3 = Row(block + (3 * segment) + i, segment);
                Vector512<ushort> even = Avx512BW.UnpackLow(row0, row2), odd = Avx512BW.UnpackLow(row1, row3);
                Vector512<ushort> evenHigh = Avx512BW.UnpackHigh(row0, row2), oddHigh = Avx512BW.UnpackHigh(row1, row3);

                // The next block is near, but in an order no hardware foresees. A prefetch past the input's end is no access.
                byte* ahead = block + (Lanes * (segment + i));
                Sse.Prefetch0(ahead);
                Sse.Prefetch0(ahead + 64);
                Sse.Prefetch0(ahead + 128);
                Sse.Prefetch0(ahead + 192);

                hash = Step(Avx512BW.UnpackLow(even, odd).AsByte(), plane0, plane1, plane2, plane3, hash, masks, rare, out ulong hits);
                *next = new Candidates((int)i, hits);
                next += hits != 0 ? 1 : 0;
                hash = Step(Avx512BW.UnpackHigh(even, odd).AsByte(), plane0, plane1, plane2, plane3, hash, masks, rare, out hits);
                *next = new Candidates((int)i + 4, hits);
                next += hits != 0 ? 1 : 0;
                hash = Step(Avx512BW.UnpackLow(evenHigh, oddHigh).AsByte(), plane0, plane1, plane2, plane3, hash, masks, rare, out hits);
                *next = new Candidates((int)i + 8, hits);
                next += hits != 0 ? 1 : 0;
                hash = Step(Avx512BW.UnpackHigh(evenHigh, oddHigh).AsByte(), plane0, plane1, plane2, plane3, hash, masks, rare, out hits);
                *next = new Candidates((int)i + 12, hits);
                next += hits != 0 ? 1 : 0;
            }
            return (int)(next - found);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<ushort> Row(byte* first, nint segment)
    {
        Vector512<byte> row = Vector128.Load(first).ToVector256Unsafe().ToVector512Unsafe();
        row = Avx512F.InsertVector128(row, Vector128.Load(first + (4 * segment)), 1);
        row = Avx512F.InsertVector128(row, Vector128.Load(first + (8 * segment)), 2);
        return Avx512F.InsertVector128(row, Vector128.Load(first + (12 * segment)), 3).AsUInt16();
    }

    /// <summary>Moves the 16 hashes on by four bytes each: looks up the four bytes of all gear values, and sorts them into one 32-bit gear value
    /// a lane, first for the first byte of every segment, then for the second, third and fourth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Step(
        Vector512<byte> bytes,
        in BytePlane plane0,
        in BytePlane plane1,
        in BytePlane plane2,
        in BytePlane plane3,
        Vector512<uint> hash,
        Vector512<uint> masks,
        bool rare,
        out ulong hits)
    {
        Vector512<ushort> byte0 = plane0.Lookup(bytes), byte1 = plane1.Lookup(bytes);
        Vector512<ushort> byte2 = plane2.Lookup(bytes), byte3 = plane3.Lookup(bytes);
        Vector512<ushort> evenLow = JoinEven(byte0, byte1), oddLow = JoinOdd(byte0, byte1);
        Vector512<ushort> evenHigh = JoinEven(byte2, byte3), oddHigh = JoinOdd(byte2, byte3);
        Vector512<uint> first = hash + hash + Avx512BW.UnpackLow(evenLow, evenHigh).AsUInt32();
        Vector512<uint> second = first + first + Avx512BW.UnpackLow(oddLow, oddHigh).AsUInt32();
        Vector512<uint> third = second + second + Avx512BW.UnpackHigh(evenLow, evenHigh).AsUInt32();
        Vector512<uint> fourth = third + third + Avx512BW.UnpackHigh(oddLow, oddHigh).AsUInt32();

        Vector512<uint> a = first & masks, b = second & masks, c = third & masks, d = fourth & masks;
        // One jump for all four where it is hardly ever taken; none at all where it could not be foretold.
        hits = !rare || Vector512.EqualsAny(Vector512.Min(Vector512.Min(a, b), Vector512.Min(c, d)), Vector512<uint>.Zero)
            ? Zeros(a) | (Zeros(b) << 16) | (Zeros(c) << 32) | (Zeros(d) << 48)
            : 0;
        return fourth;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Zeros(Vector512<uint> values) => Vector512.Equals(values, Vector512<uint>.Zero).ExtractMostSignificantBits();

    // Of 16-bit pairs, the low bytes: low's in the low half, high's in the high half. A shift and a selection go where shuffles do not compete.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> JoinEven(Vector512<ushort> low, Vector512<ushort> high) =>
        Vector512.ConditionalSelect(Vector512.Create((ushort)0xFF), low, high << 8);

    // And the high bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> JoinOdd(Vector512<ushort> low, Vector512<ushort> high) =>
        Vector512.ConditionalSelect(Vector512.Create((ushort)0xFF), low >>> 8, high);

    /// <summary>One byte of every gear value, as four tables of 64.</summary>
    private readonly unsafe struct BytePlane(byte* table)
    {
        private readonly Vector512<byte> _from0 = Vector512.Load(table);
        private readonly Vector512<byte> _from64 = Vector512.Load(table + 64);
        private readonly Vector512<byte> _from128 = Vector512.Load(table + 128);
        private readonly Vector512<byte> _from192 = Vector512.Load(table + 192);

        /// <summary>The plane's byte for each of 64 input bytes. Every table answers to the low six bits; the last that is meant stays.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<ushort> Lookup(Vector512<byte> bytes)
        {
            Vector512<byte> found = Avx512Vbmi.PermuteVar64x8(_from0, bytes);
            found = Pick(bytes, 64, _from64, found);
            found = Pick(bytes, 128, _from128, found);
            return Pick(bytes, 192, _from192, found).AsUInt16();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<byte> Pick(Vector512<byte> bytes, byte from, Vector512<byte> table, Vector512<byte> below) =>
            Vector512.ConditionalSelect(
                Vector512.GreaterThanOrEqual(bytes, Vector512.Create(from)), Avx512Vbmi.PermuteVar64x8(table, bytes), below);
    }
}
