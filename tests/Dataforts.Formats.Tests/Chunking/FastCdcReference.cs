using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dataforts.Formats.Tests.Chunking;

/// <summary>FastCDC word for word after its specification: over the whole input at once, one byte a step, its own table and masks.</summary>
internal static class FastCdcReference
{
    private static readonly ulong[] Masks =
    [
        0, 0, 0, 0, 0,
        0x0000000001804110, 0x0000000001803110, 0x0000000018035100, 0x0000001800035300, 0x0000019000353000,
        0x0000590003530000, 0x0000d90003530000, 0x0000d90103530000, 0x0000d90303530000, 0x0000d90313530000,
        0x0000d90f03530000, 0x0000d90303537000, 0x0000d90703537000, 0x0000d90707537000, 0x0000d91707537000,
        0x0000d91747537000, 0x0000d91767537000, 0x0000d93767537000, 0x0000d93777537000, 0x0000d93777577000,
    ];

    public static ulong[] Gear { get; } = [.. Enumerable.Range(0, 256).Select(GearOf)];

    public static List<int> Cuts(ReadOnlySpan<byte> input, int min, int average, int max)
    {
        List<int> cuts = [];
        while (!input.IsEmpty)
        {
            int cut = Cut(input, min, average, max);
            cuts.Add(cut);
            input = input[cut..];
        }
        return cuts;
    }

    private static int Cut(ReadOnlySpan<byte> source, int min, int average, int max)
    {
        int bits = (int)Math.Round(Math.Log2(average), MidpointRounding.AwayFromZero);
        int n = source.Length;
        if (n <= min) return n;
        int end = Math.Min(n, max);
        int center = n < average ? n : average;
        ulong hash = 0;
        for (int i = min / 2 * 2; i < end / 2 * 2; i++)
        {
            hash = unchecked((hash << 1) + Gear[source[i]]);
            ulong mask = i < center / 2 * 2 ? Masks[bits + 2] : Masks[bits - 2];
            if ((hash & mask) == 0) return i;
        }
        return end;
    }

    private static ulong GearOf(int value)
    {
        byte[] block = new byte[64];
        block.AsSpan().Fill((byte)value);
#pragma warning disable CA5351 // The algorithm defines its table by MD5; nothing is protected by it.
        return BinaryPrimitives.ReadUInt64BigEndian(MD5.HashData(block));
#pragma warning restore CA5351
    }
}
