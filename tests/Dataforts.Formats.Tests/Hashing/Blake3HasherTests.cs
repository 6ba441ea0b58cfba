using CsCheck;
using Dataforts.Hashing;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Hashing;

public sealed class Blake3HasherTests
{
    private static readonly byte[] Random = SpecRandom.Bytes(11, 3 << 20);

    [Fact]
    public void Any_split_into_updates_gives_the_one_shot_hash() =>
        Gen.Select(Gen.Int[0, 400_000], Gen.OneOf(Gen.Int[1, 200], Gen.Int[1, 3000], Gen.Int[1, 80_000]).Array[1, 12]).Sample(
            (length, pieces) =>
            {
                Blake3Hasher hasher = new();
                for (int at = 0, i = 0; at < length; i++)
                {
                    int size = Math.Min(pieces[i % pieces.Length], length - at);
                    hasher.Update(Random.AsSpan(at, size));
                    at += size;
                }
                return Finish(hasher).SequenceEqual(Blake3.Hash(Random.AsSpan(0, length)));
            },
            iter: 300);

    [Theory]
    [MemberData(nameof(Blake3Paths.Names), MemberType = typeof(Blake3Paths))]
    public void Every_path_takes_pieces_of_every_usual_size(string name)
    {
        Blake3Path path = Blake3Paths.Parse(name);
        foreach (int length in new[] { 1024, 16_384, 16_385, 65_536, 1 << 20, (1 << 20) + 1, Random.Length })
        {
            byte[] expected = Blake3Recursion.Hash(Random.AsSpan(0, length));
            foreach (int piece in new[] { 1000, 1024, 4096, 16_384, 65_536, 65_537, 1 << 20 })
            {
                var hasher = new Blake3Hasher(path, Blake3Kernels.Iv, 0);
                for (int at = 0; at < length; at += piece) hasher.Update(Random.AsSpan(at, Math.Min(piece, length - at)));
                Assert.Equal(expected, Finish(hasher));
            }
        }
    }

    [Fact]
    public void Asking_for_the_hash_does_not_end_the_input()
    {
        Blake3Hasher hasher = new();
        int[] ends = [0, 1, 1024, 1025, 16_384, 16_385, 32_768, 65_536, 1 << 20, (1 << 20) + 16_384, (1 << 20) + 16_385, 2 << 20, 3 << 20];
        int at = 0;
        foreach (int end in ends)
        {
            hasher.Update(Random.AsSpan(at, end - at));
            at = end;
            byte[] expected = Blake3Recursion.Hash(Random.AsSpan(0, end));
            Assert.Equal(expected, Finish(hasher));
            Assert.Equal(expected, Finish(hasher));
        }
    }

    [Fact]
    public void Reset_forgets_the_input_and_keeps_the_key()
    {
        byte[] key = SpecRandom.Bytes(1, 32);
        Blake3Hasher hasher = Blake3Hasher.CreateKeyed(key);
        foreach (int length in new[] { 2 << 20, 0, 100, 40_000, 16_384, 1024 })
        {
            hasher.Update(Random.AsSpan(0, length));
            var expected = new byte[32];
            Blake3.KeyedHash(key, Random.AsSpan(0, length), expected);
            Assert.Equal(expected, Finish(hasher));
            hasher.Reset();
        }
    }

    [Fact]
    public void Hashing_allocates_nothing()
    {
        Blake3Hasher hasher = new();
        var hash = new byte[100];
        void Work()
        {
            foreach (int piece in new ReadOnlySpan<int>([1, 1000, 4096, 65_536, 1 << 20]))
            {
                hasher.Reset();
                for (int i = 0; i < 3; i++) hasher.Update(Random.AsSpan(i, piece));
                hasher.Finalize(hash);
                Blake3.Hash(Random.AsSpan(0, piece), hash);
                Blake3.Expand(Random.AsSpan(0, piece), hash);
                Blake3.KeyedHash(Random.AsSpan(0, 32), Random.AsSpan(0, piece), hash);
                Blake3.DeriveKey("a context", Random.AsSpan(0, piece), hash);
            }
        }
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    [Slow]
    public void A_stream_of_more_than_four_gibibytes_hashes_as_b3sum_does()
    {
        Assert.SkipUnless(B3sum.IsInstalled, B3sum.Reason);
        const long Length = (4L << 30) + 5000;
        Blake3Hasher hasher = new();
        Assert.Equal(
            B3sum.Hash([], stream =>
            {
                for (long at = 0; at < Length;)
                {
                    ReadOnlySpan<byte> piece = Random.AsSpan(0, (int)Math.Min(Random.Length, Length - at));
                    hasher.Update(piece);
                    stream.Write(piece);
                    at += piece.Length;
                }
            }),
            Convert.ToHexStringLower(Finish(hasher)));
    }

    private static byte[] Finish(Blake3Hasher hasher)
    {
        var hash = new byte[32];
        hasher.Finalize(hash);
        return hash;
    }
}
