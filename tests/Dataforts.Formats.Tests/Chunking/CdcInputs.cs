using CsCheck;

namespace Dataforts.Formats.Tests.Chunking;

/// <summary>Inputs that find what a chunker gets wrong.</summary>
internal static class CdcInputs
{
    /// <summary>Random bytes, bytes of a small alphabet, and random bytes with runs of one value.</summary>
    public static Gen<byte[]> UpTo(int most) =>
        from length in Gen.Frequency((1, Gen.Int[0, 300]), (4, Gen.Int[300, most]))
        from seed in Gen.Int
        from alphabet in Gen.OneOf(Gen.Const(256), Gen.Int[1, 6])
        from run in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[0, length]))
        select Input(length, seed, alphabet, run);

    private static byte[] Input(int length, int seed, int alphabet, int run)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        if (alphabet < 256)
        {
            byte[] letters = new byte[alphabet];
            random.NextBytes(letters);
            foreach (ref byte b in bytes.AsSpan()) b = letters[b % alphabet];
        }
        if (run > 0) bytes.AsSpan(random.Next(length - run + 1), run).Fill((byte)random.Next(256));
        return bytes;
    }
}
