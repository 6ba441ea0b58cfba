using System.Buffers.Binary;
using Dataforts.Hashing;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>What the tests of the paths share.</summary>
public static class Blake3Paths
{
    /// <summary>Every path this processor has, the scalar one first.</summary>
    internal static IEnumerable<Blake3Path> All =>
        Enum.GetValues<Blake3Path>().Where(path => path <= Blake3Kernels.Best && (path != Blake3Path.Vector128 || Blake3Vector128.IsSupported));

    /// <summary>Their names, as a theory's data.</summary>
    public static TheoryData<string> Names => [.. All.Select(path => path.ToString())];

    /// <summary>The path of a name.</summary>
    internal static Blake3Path Parse(string name) => Enum.Parse<Blake3Path>(name);

    /// <summary>The input of the official test vectors.</summary>
    public static byte[] Input(int length)
    {
        var input = new byte[length];
        for (int i = 0; i < length; i++) input[i] = (byte)(i % 251);
        return input;
    }

    /// <summary>A key as words.</summary>
    public static uint[] Words(ReadOnlySpan<byte> key)
    {
        var words = new uint[8];
        for (int i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * 4)..]);
        return words;
    }

    /// <summary>The plain hash by a path.</summary>
    internal static byte[] Hash(Blake3Path path, ReadOnlySpan<byte> input)
    {
        var hash = new byte[32];
        Blake3.Compute(path, Blake3Kernels.Iv, 0, input, hash);
        return hash;
    }
}
