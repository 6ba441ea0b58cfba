using System.Collections.Immutable;
using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

/// <summary>The published encodings of refs, and short ways to write test values down.</summary>
internal static class Vectors
{
    public const string SmallS3 =
        "b0b1b2b301abababababababababababababababababababababababababababababababab393000000000000073333a2f2f6275636b65742f6b6579";

    public const string ManifestTwoChunks =
        "b0b1b2b30201086d6573683a2f2f78000201010101010101010101010101010101010101010101010101010101010101018080800202020202020202"
        + "02020202020202020202020202020202020202020202020202800880888002";

    public const string TreeCafe =
        "b0b1b2b303010b6d6573683a2f2f6361666500abababababababababababababababababababababababababababababababab808080800401";

    public const string TreeReedSolomon =
        "b0b1b2b30301096d6573683a2f2f6666010a04abababababababababababababababababababababababababababababababab80808080802003";

    public const string ManifestReedSolomon =
        "b0b1b2b30201096d6573683a2f2f727301040201aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa80088008";

    public const string SmallLazyDog =
        "b0b1b2b3017a29f463de505a59fc1a704cb1748676e1845efeeb7010d555cf4c4c2a3f9ac70c0000000000000066696c653a2f2f2f78";

    public const string TreeAtTheLimits =
        "b0b1b2b30301086d6573683a2f2f6d00cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd80808080808080800204";

    public const string TreeOfNineMebibytes =
        "b0b1b2b30301476d6573683a2f2f36393338393064383733376130373161363762333832643135333338353030326337633737633466653139393332"
        + "30313338323239316534623563663236636300693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc8080c00401";

    public const string ManifestOfNineMebibytes =
        "b0b1b2b30201476d6573683a2f2f64643036386635626564666463396631366331643430616637653765343963313837323734316463376466323861"
        + "64323331363861303562653230373232303400030b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd8080800286aa4b2a"
        + "90bc9df4e622411c5c88723a802e2548a023f90d7691dd5ee9d2ce5680808002cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2e"
        + "bbb2eeeb8080408080c004";

    public const uint Mebibyte = 1 << 20;

    public const uint FullChunk = FormatLimits.ManifestChunkSizeBytes;

    public static string SmallEmpty => "b0b1b2b301" + new string('0', 80);

    /// <summary>Bytes from hex; blanks may stand anywhere.</summary>
    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Hex of bytes.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A hash of 32 equal bytes.</summary>
    public static BlobHash Hash(byte value)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        bytes.Fill(value);
        return new BlobHash(bytes);
    }

    /// <summary>A hash that begins with <paramref name="number"/>, little-endian, and goes on with zeros.</summary>
    public static BlobHash Numbered(int number)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new BlobHash(bytes);
    }

    /// <summary>Chunks of a Manifest: full ones, then one of <paramref name="last"/> bytes.</summary>
    public static ImmutableArray<ChunkRef> Chunks(int count, uint last = FullChunk) =>
        [.. Enumerable.Range(0, count).Select(i => new ChunkRef(Numbered(i), i == count - 1 ? last : FullChunk))];

    /// <summary>The reason a decoder or constructor gives.</summary>
    public static DecodeError Reason(Func<object?> refused) => Assert.Throws<DecodeException>(refused).Reason;

    /// <summary>The reason an operation gives.</summary>
    public static DecodeError Reason(Action refused) => Assert.Throws<DecodeException>(refused).Reason;
}
