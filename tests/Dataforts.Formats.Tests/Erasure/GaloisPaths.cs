using Dataforts.Erasure;

namespace Dataforts.Formats.Tests.Erasure;

/// <summary>What the tests of the paths share.</summary>
public static class GaloisPaths
{
    /// <summary>The paths this processor has, as a theory's data.</summary>
    public static TheoryData<string> Names =>
        [.. Enum.GetValues<GaloisPath>().Where(GaloisKernels.IsSupported).Select(path => path.ToString())];

    /// <summary>The path of a name.</summary>
    internal static GaloisPath Parse(string name) => Enum.Parse<GaloisPath>(name);

    /// <summary>A product by shifting and adding, after the polynomial's definition.</summary>
    public static byte Product(int a, int b)
    {
        int product = 0;
        for (; b != 0; b >>= 1)
        {
            if ((b & 1) != 0) product ^= a;
            a <<= 1;
            if (a > 255) a ^= 0x11D;
        }
        return (byte)product;
    }
}
