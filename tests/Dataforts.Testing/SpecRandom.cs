namespace Dataforts.Testing;

/// <summary>The byte generator of the format's test vectors: a 64-bit linear congruential state, bits 33 to 40 of each step.</summary>
public static class SpecRandom
{
    /// <summary>The first <paramref name="length"/> bytes for <paramref name="seed"/>.</summary>
    public static byte[] Bytes(ulong seed, int length)
    {
        var bytes = new byte[length];
        ulong state = seed;
        for (int i = 0; i < length; i++)
        {
            state = unchecked((state * 6364136223846793005UL) + 1442695040888963407UL);
            bytes[i] = (byte)(state >> 33);
        }
        return bytes;
    }
}
