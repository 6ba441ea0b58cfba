using System.Runtime.InteropServices;

namespace Dataforts.Erasure;

/// <summary>GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11D), generator 2: one byte at a time, and the tables the kernels work from.</summary>
internal static unsafe class GaloisField
{
    /// <summary>Bytes of <see cref="NibbleProducts"/> that belong to one factor.</summary>
    public const int NibbleBytes = 32;

    private const int Polynomial = 0x11D;
    private const int Elements = 256;
    private const int Order = Elements - 1;

    private static readonly byte[] _logarithms = new byte[Elements];
    private static readonly byte[] _powers = new byte[2 * Elements];

#pragma warning disable CA1810 // The tables depend on each other.
    static GaloisField()
    {
        int power = 1;
        for (int i = 0; i < Order; i++)
        {
            _powers[i] = _powers[i + Order] = (byte)power;
            _logarithms[power] = (byte)i;
            power <<= 1;
            if (power >= Elements) power ^= Polynomial;
        }
        NibbleProducts = (byte*)NativeMemory.AlignedAlloc(Elements * NibbleBytes, 64);
        BitMatrices = (ulong*)NativeMemory.AlignedAlloc(Elements * sizeof(ulong), 64);
        for (int factor = 0; factor < Elements; factor++)
        {
            for (int i = 0; i < 16; i++)
            {
                NibbleProducts[(factor * NibbleBytes) + i] = Multiply((byte)factor, (byte)i);
                NibbleProducts[(factor * NibbleBytes) + 16 + i] = Multiply((byte)factor, (byte)(i << 4));
            }
            BitMatrices[factor] = BitMatrix((byte)factor);
        }
    }
#pragma warning restore CA1810

    /// <summary>For each factor its products with 0 to 15, then with 0, 16 … 240. Lives as long as the process.</summary>
    public static byte* NibbleProducts { get; }

    /// <summary>For each factor the 8 x 8 bit matrix that multiplies by it, as GF2P8AFFINEQB takes it.</summary>
    public static ulong* BitMatrices { get; }

    /// <summary>The product of two elements.</summary>
    public static byte Multiply(byte a, byte b) => a == 0 || b == 0 ? (byte)0 : _powers[_logarithms[a] + _logarithms[b]];

    /// <summary>What <paramref name="a"/>, which is not 0, gives 1 with.</summary>
    public static byte Inverse(byte a) =>
        a == 0 ? throw new DivideByZeroException("0 has no inverse in GF(2^8).") : _powers[Order - _logarithms[a]];

    /// <summary><paramref name="a"/> to the power of <paramref name="exponent"/>; 0 to the power of 0 is 1.</summary>
    public static byte Power(byte a, int exponent)
    {
        if (exponent == 0) return 1;
        return a == 0 ? (byte)0 : _powers[_logarithms[a] * exponent % Order];
    }

    // Bit i of a product is the parity of the factor's row i and x; the instruction wants row 0 in the highest byte.
    private static ulong BitMatrix(byte factor)
    {
        ulong matrix = 0;
        for (int column = 0; column < 8; column++)
        {
            byte product = Multiply(factor, (byte)(1 << column));
            for (int row = 0; row < 8; row++)
            {
                if ((product >> row & 1) != 0) matrix |= 1UL << (((7 - row) * 8) + column);
            }
        }
        return matrix;
    }
}
