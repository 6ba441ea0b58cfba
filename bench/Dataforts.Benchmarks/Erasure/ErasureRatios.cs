using System.Runtime.InteropServices;
using Dataforts.Erasure;

namespace Dataforts.Benchmarks.Erasure;

/// <summary><c>ratios rs</c>: Reed-Solomon 10 + 4 on shards of 64 KiB, each set of instructions, by turns with memcpy of the same data from
/// the same memory, and with ISA-L where it is installed. One thread. GB/s count data, not parity.</summary>
internal static unsafe class ErasureRatios
{
    private const int DataShards = 10;
    private const int ParityShards = 4;
    private const int ShardBytes = 64 << 10;
    private const int StripeBytes = (DataShards + ParityShards) * ShardBytes;

    /// <summary>Larger than the last cache by far.</summary>
    private const int Stripes = 360;

    /// <summary>Runs it all, or the path that the argument names.</summary>
    public static int Run(string[] args)
    {
        byte* pool = (byte*)NativeMemory.AlignedAlloc((nuint)Stripes * StripeBytes, 4096);
        new Random(1).NextBytes(new Span<byte>(pool, Stripes * StripeBytes));
        NativeIsal? isal = NativeIsal.TryLoad();
        if (isal is null) Console.WriteLine("ISA-L is not installed (bench/native/install-isal).");
        foreach (GaloisPath path in Enum.GetValues<GaloisPath>().Reverse().Where(GaloisKernels.IsSupported))
        {
            if (args.Length > 0 && !path.ToString().Equals(args[0], StringComparison.OrdinalIgnoreCase)) continue;
            Console.WriteLine($"our {path} path");
            Compare(path, pool, isal);
        }
        NativeMemory.AlignedFree(pool);
        return 0;
    }

    private static void Compare(GaloisPath path, byte* pool, NativeIsal? isal)
    {
        var code = new ReedSolomon(DataShards, ParityShards, path);
        GaloisMatrix encode = Rows(code, lost: false), decode = Rows(code, lost: true);
        Ratios.Heading("memcpy", "C#");
        Against(memcpy: true, "encode, from memory", path, encode, pool, null, Stripes);
        Against(memcpy: true, "decode of 4, from memory", path, decode, pool, null, Stripes);
        if (isal is null) return;
        Ratios.Heading("ISA-L", "C#");
        Against(memcpy: false, "encode, from memory", path, encode, pool, isal, Stripes);
        Against(memcpy: false, "encode, hot", path, encode, pool, isal, 1);
        Against(memcpy: false, "decode of 4, from memory", path, decode, pool, isal, Stripes);
        Against(memcpy: false, "decode of 4, hot", path, decode, pool, isal, 1);
    }

    // The rows that give the parity, or the first four data shards from the other ten.
    private static GaloisMatrix Rows(ReedSolomon code, bool lost)
    {
        var rows = new GaloisMatrix(DataShards, DataShards);
        var parity = new GaloisMatrix(ParityShards, DataShards);
        for (int row = 0; row < ParityShards; row++) code.ParityRow(row).CopyTo(parity.Row(row));
        if (!lost) return parity;
        for (int row = 0; row < DataShards - ParityShards; row++) rows[row, row + ParityShards] = 1;
        for (int row = 0; row < ParityShards; row++) parity.Row(row).CopyTo(rows.Row(DataShards - ParityShards + row));
        GaloisMatrix solution = rows.Inverted();
        for (int row = 0; row < ParityShards; row++) solution.Row(row).CopyTo(parity.Row(row));
        return parity;
    }

    private static void Against(bool memcpy, string name, GaloisPath path, GaloisMatrix matrix, byte* pool, NativeIsal? isal, int stripes)
    {
        byte* factors = (byte*)NativeMemory.Alloc(DataShards * ParityShards);
        for (int row = 0; row < ParityShards; row++) matrix.Row(row).CopyTo(new Span<byte>(factors + (row * DataShards), DataShards));
        isal?.Prepare(factors, DataShards, ParityShards);
        int mine = 0, other = 0;
        byte** pointers = (byte**)NativeMemory.Alloc((nuint)(DataShards + ParityShards) * (nuint)sizeof(byte*));
        Ratios.Compare(
            name,
            () =>
            {
                byte* stripe = pool + ((long)other * StripeBytes);
                other = (other + 1) % stripes;
                if (memcpy)
                {
                    byte* target = pool + (((long)(other + (stripes / 2)) % stripes) * StripeBytes);
                    Buffer.MemoryCopy(stripe, target, DataShards * ShardBytes, DataShards * ShardBytes);
                    return;
                }
                Point(stripe, pointers);
                isal!.Multiply(pointers, DataShards, pointers + DataShards, ParityShards, ShardBytes);
            },
            () =>
            {
                Point(pool + ((long)mine * StripeBytes), pointers);
                mine = (mine + 1) % stripes;
                GaloisKernels.Multiply(path, factors, pointers, DataShards, pointers + DataShards, ParityShards, ShardBytes);
            },
            DataShards * ShardBytes);
        NativeMemory.Free(factors);
        NativeMemory.Free(pointers);
    }

    private static void Point(byte* stripe, byte** pointers)
    {
        for (int i = 0; i < DataShards + ParityShards; i++) pointers[i] = stripe + ((nint)i * ShardBytes);
    }
}
