using CsCheck;
using Dataforts.Hashing;
using Dataforts.Testing;
using Org.BouncyCastle.Crypto.Digests;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>Every path against the scalar one, and the scalar one against BouncyCastle.</summary>
public sealed class Blake3PathTests
{
    private const int Chunk = Blake3Kernels.ChunkSizeBytes;
    private static readonly byte[] Random = SpecRandom.Bytes(7, (2100 * Chunk) + 64);

    /// <summary>Around every number of chunks up to 70, and around the powers of two of the tree above.</summary>
    private static IEnumerable<int> Lengths =>
        Enumerable.Range(0, 71).Concat([95, 96, 127, 128, 129, 255, 256, 257, 511, 512, 1023, 1024, 1025, 1040, 1041, 2048, 2065])
            .SelectMany(chunks => new[] { (chunks * Chunk) - 1, chunks * Chunk, (chunks * Chunk) + 1, (chunks * Chunk) + 65 })
            .Where(length => length >= 0);

    [Theory]
    [MemberData(nameof(Blake3Paths.Names), MemberType = typeof(Blake3Paths))]
    public void A_path_gives_the_plain_recursion_s_hash_around_every_boundary(string name)
    {
        Blake3Path path = Blake3Paths.Parse(name);
        Assert.All(Lengths, length =>
        {
            ReadOnlySpan<byte> input = Random.AsSpan(0, length);
            Assert.Equal(Convert.ToHexStringLower(Blake3Recursion.Hash(input)), Convert.ToHexStringLower(Blake3Paths.Hash(path, input)));
        });
    }

    [Theory]
    [MemberData(nameof(Blake3Paths.Names), MemberType = typeof(Blake3Paths))]
    public void Where_the_input_lies_in_memory_makes_no_difference(string name)
    {
        Blake3Path path = Blake3Paths.Parse(name);
        foreach (int length in new[] { 1, 63, 1024, 5000, 16 * Chunk, 20 * Chunk, 33 * Chunk })
        {
            byte[] expected = Blake3Paths.Hash(Blake3Path.Scalar, Random.AsSpan(0, length));
            var moved = new byte[length + 64];
            for (int offset = 0; offset <= 64; offset++)
            {
                Random.AsSpan(0, length).CopyTo(moved.AsSpan(offset));
                Assert.Equal(expected, Blake3Paths.Hash(path, moved.AsSpan(offset, length)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Blake3Paths.Names), MemberType = typeof(Blake3Paths))]
    public unsafe void Chunk_numbers_go_beyond_32_bits(string name)
    {
        Blake3Path path = Blake3Paths.Parse(name);
        Span<byte> expected = stackalloc byte[Blake3Kernels.BatchLength * 32], actual = stackalloc byte[Blake3Kernels.BatchLength * 32];
        ulong[] starts = [0, uint.MaxValue - 20ul, uint.MaxValue - 7ul, uint.MaxValue, 1ul << 32, 0x1234_5678_9ABC_DEF0, (1ul << 54) - 16];
        fixed (uint* key = Blake3Kernels.Iv)
        fixed (byte* input = Random, cvs = actual)
        {
            foreach (ulong start in starts)
            {
                for (int count = 1; count <= Blake3Kernels.BatchLength; count++)
                {
                    for (int i = 0; i < count; i++)
                        Blake3Recursion.Subtree(Random.AsSpan(i * Chunk, Chunk), start + (uint)i, false, expected[(i * 32)..]);
                    Blake3Kernels.HashChunks(path, input, count, key, start, 0, 0, cvs);
                    Assert.Equal(expected[..(count * 32)], actual[..(count * 32)]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Blake3Paths.Names), MemberType = typeof(Blake3Paths))]
    public void Extended_output_of_any_length_is_a_prefix_of_a_longer_one(string name)
    {
        Blake3Path path = Blake3Paths.Parse(name);
        foreach (int inputLength in new[] { 0, 64, 1024, 1025, 40_000 })
        {
            var digest = new Blake3Digest(8 * 32);
            digest.BlockUpdate(Random, 0, inputLength);
            var expected = new byte[1000];
            digest.OutputFinal(expected, 0, expected.Length);
            for (int length = 0; length <= expected.Length; length += length < 140 ? 1 : 43)
            {
                var output = new byte[length];
                Blake3.Compute(path, Blake3Kernels.Iv, 0, Random.AsSpan(0, inputLength), output);
                Assert.Equal(expected[..length], output);
            }
        }
    }

    [Fact]
    public void Random_input_hashes_as_BouncyCastle_does() =>
        Gen.Int[0, 300_000].Sample(
            length =>
            {
                var digest = new Blake3Digest(8 * 32);
                digest.BlockUpdate(Random, 0, length);
                var expected = new byte[32];
                digest.DoFinal(expected, 0);
                return expected.AsSpan().SequenceEqual(Blake3.Hash(Random.AsSpan(0, length)));
            },
            iter: 60);

    [Fact]
    public void Keys_and_contexts_work_as_in_BouncyCastle() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Int[0, 5000]).Sample(
            (key, length) =>
            {
                var digest = new Blake3Digest(8 * 32);
                digest.Init(Org.BouncyCastle.Crypto.Parameters.Blake3Parameters.Key(key));
                digest.BlockUpdate(Random, 0, length);
                byte[] expected = new byte[32], actual = new byte[32];
                digest.DoFinal(expected, 0);
                Blake3.KeyedHash(key, Random.AsSpan(0, length), actual);
                return expected.AsSpan().SequenceEqual(actual);
            },
            iter: 100);

    [Fact]
    public void A_wrong_key_or_room_is_refused_by_name()
    {
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => Blake3.Hash([], new byte[31])).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => Blake3.KeyedHash(new byte[31], [], new byte[32])).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => Blake3Hasher.CreateKeyed(new byte[33])).ParamName);
    }
}
