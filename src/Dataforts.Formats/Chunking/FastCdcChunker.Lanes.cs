using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataforts.Chunking;

// The recurrence h = 2h + gear[b] waits for itself at every byte. But a byte is shifted out of the mask, whose highest bit is 47, after 48
// steps, so scanning may start anywhere 48 bytes into the hashed part. A block is therefore cut into 16 segments that are scanned side by side,
// one a vector lane. A lane holds the low 32 bits of the hash: a position with a bit of the mask set there cannot fire. The few that pass are
// candidates, and the exact hash decides.
public sealed partial class FastCdcChunker
{
    private const int HistoryBytes = 48;
    private const int LowHistoryBytes = 32;
    private const int Lanes = 16;
    private const int FewestSegmentBytes = 128;
    private const int MostSegmentBytes = 4032; // Not 4096: at that stride all lanes would share one set of the first-level cache.
    private const int FewestLaneBytes = HistoryBytes + (Lanes * FewestSegmentBytes);
    private const int FewestMaskBits = 14;
    private const int FewestFilterBits = 7;
    private const int RareFilterBits = 12;
    private const int BytesPerCandidate = 40;

    /// <summary>Where four consecutive bytes of every segment may fire.</summary>
    /// <param name="Step">The first of the four, counted from the segment's start; negative while the lanes warm up.</param>
    /// <param name="Hits">Bit 16 b + s: byte b of segment s.</param>
    private readonly record struct Candidates(int Step, ulong Hits);

    /// <summary>Whether hits are far apart, and so few positions pass the low half of the mask that looking closer at them costs less than the
    /// lanes save.</summary>
    private static bool CanFilter(ulong mask) =>
        BitOperations.PopCount(mask) >= FewestMaskBits && BitOperations.PopCount((uint)mask) >= FewestFilterBits;

    /// <summary>Examines most positions up to <paramref name="end"/> in lanes. Fewer than <see cref="FewestLaneBytes"/> are left over.</summary>
    /// <returns>Whether one fired; <see cref="_position"/> and <see cref="_hash"/> then and otherwise are as after a scalar scan.</returns>
    [SkipLocalsInit]
    private unsafe bool ScanLanes(ReadOnlySpan<byte> window, int end, ulong mask)
    {
        // Longer segments spend less on warming up, shorter ones on bytes beyond a hit: both are least at this length.
        int segmentGoal = Math.Min(MostSegmentBytes, 2 << (BitOperations.PopCount(mask) / 2));
        Candidates* candidates = stackalloc Candidates[(MostSegmentBytes + LowHistoryBytes) / 4];
        fixed (byte* bytes = window)
        {
            while (end - _position >= Lanes * FewestSegmentBytes)
            {
                int left = end - _position;
                int blocks = (left + (Lanes * segmentGoal) - 1) / (Lanes * segmentGoal);
                int segment = left / (blocks * Lanes) & ~15;
                int count = FindCandidates(bytes + _position, segment, (uint)mask, candidates);
                ExaminedPositions += Lanes * segment;

                int hit = FirstExact(bytes + _position, segment, mask, new ReadOnlySpan<Candidates>(candidates, count));
                if (hit < 0)
                {
                    // More candidates than a filter should let through, such as a run of one byte value makes: the scalar scan is faster.
                    _hash = HashBefore(bytes + _position);
                    if (ScanScalar(window, _position + (Lanes * segment), mask)) return true;
                    continue;
                }
                _position += hit;
                if (hit < Lanes * segment) return true;
            }
            _hash = HashBefore(bytes + _position);
        }
        return false;
    }

    /// <summary>The lowest offset in the block whose exact hash fires; the block's length if none does; negative if there are too many
    /// candidates to look at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int FirstExact(byte* block, int segment, ulong mask, ReadOnlySpan<Candidates> candidates)
    {
        int blockBytes = Lanes * segment;
        int allowed = blockBytes / BytesPerCandidate;
        int best = blockBytes;
        foreach (Candidates found in candidates)
        {
            if (found.Step < 0) continue;
            for (ulong hits = found.Hits; hits != 0; hits &= hits - 1)
            {
                if (--allowed < 0) return -1;
                uint bit = (uint)BitOperations.TrailingZeroCount(hits);
                int offset = ((int)(bit % Lanes) * segment) + found.Step + (int)(bit / Lanes);
                if ((HashBefore(block + offset + 1) & mask) == 0) best = Math.Min(best, offset);
            }
        }
        return best;
    }

    /// <summary>The low 48 bits of the hash after the 48 bytes that end at <paramref name="end"/>, in four strands that do not wait for
    /// each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong HashBefore(byte* end)
    {
        const int Strand = HistoryBytes / 4;
        ref ulong gear = ref MemoryMarshal.GetReference(GearTable.Gear);
        ulong a = 0, b = 0, c = 0, d = 0;
        for (byte* next = end - HistoryBytes; next < end - (3 * Strand); next++)
        {
            a = (a << 1) + Unsafe.Add(ref gear, next[0]);
            b = (b << 1) + Unsafe.Add(ref gear, next[Strand]);
            c = (c << 1) + Unsafe.Add(ref gear, next[2 * Strand]);
            d = (d << 1) + Unsafe.Add(ref gear, next[3 * Strand]);
        }
        return (a << (3 * Strand)) + (b << (2 * Strand)) + (c << Strand) + d;
    }
}
