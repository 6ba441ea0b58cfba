using Dataforts.Erasure;
using Dataforts.Hashing;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Erasure;

public sealed class ReedSolomonTests
{
    [Theory]
    [InlineData(2, 1, "0302")]
    [InlineData(3, 2, "010101 0f0806")]
    [InlineData(4, 2, "1b1c1214 1c1b1412")]
    [InlineData(10, 4, "8196afb8d2c4fee80302 9681b8afc4d2e8fe0203 bfd6620a066fdfb70504 d6bf0a626f06b7df0405")]
    public void The_parity_rows_are_those_of_the_classic_construction(int k, int m, string rows)
    {
        var code = ReedSolomon.For(k, m);
        Assert.Equal(rows, string.Join(' ', Enumerable.Range(0, m).Select(row => Convert.ToHexStringLower(code.ParityRow(row)))));
    }

    [Theory]
    [MemberData(nameof(GaloisPaths.Names), MemberType = typeof(GaloisPaths))]
    public void Shards_of_the_published_vector_give_its_parity(string path)
    {
        byte[][] data = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 1024).Select(j => (byte)(i + j)).ToArray())];
        byte[][] parity = Encode(new ReedSolomon(4, 2, GaloisPaths.Parse(path)), data);
        Assert.Equal("082274ff43c5930a89e155f484fdb39f7410efd46229fafac43b20948727a214", Hash(parity[0]));
        Assert.Equal("9035ff9aaab2d02c10f353956e307d88d7668180dd852f621a6d61ef53759640", Hash(parity[1]));
        Assert.Equal("04451e7f00e12aab0c4d167708b4421e", Convert.ToHexStringLower(parity[0].AsSpan(0, 16)));
        Assert.Equal("055e1f6001ca2b8c0d56176809ff4349", Convert.ToHexStringLower(parity[1].AsSpan(0, 16)));
    }

    [Theory]
    [MemberData(nameof(GaloisPaths.Names), MemberType = typeof(GaloisPaths))]
    public void Shorter_shards_count_as_filled_up_with_zeros(string path)
    {
        byte[][] data = [SpecRandom.Bytes(0, 100), SpecRandom.Bytes(1, 256), SpecRandom.Bytes(2, 73), SpecRandom.Bytes(3, 9)];
        byte[][] parity = Encode(new ReedSolomon(4, 2, GaloisPaths.Parse(path)), data);
        Assert.Equal("01be35ef7c59e6b6741b085af1f0c010428f8fafdf9babff936283ad23f8bbc9", Hash(parity[0]));
        Assert.Equal("7e88ceccf34c5125d91add674f7eb8e30aa3a27f01b2c2a9b74673236249b004", Hash(parity[1]));
    }

    [Theory]
    [MemberData(nameof(GaloisPaths.Names), MemberType = typeof(GaloisPaths))]
    public void Shards_of_any_lengths_give_what_the_definition_gives(string path)
    {
        var random = new Random(11);
        for (int round = 0; round < 60; round++)
        {
            int k = random.Next(1, 20), m = random.Next(1, 9);
            byte[][] data = RandomShards(random, k, 700);
            byte[][] parity = Encode(new ReedSolomon(k, m, GaloisPaths.Parse(path)), data);
            var code = ReedSolomon.For(k, m);
            for (int row = 0; row < m; row++)
            {
                byte[] expected = new byte[parity[row].Length];
                for (int i = 0; i < k; i++)
                {
                    for (int at = 0; at < data[i].Length; at++) expected[at] ^= GaloisPaths.Product(code.ParityRow(row)[i], data[i][at]);
                }
                Assert.Equal(expected, parity[row]);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(10, 4)]
    public void Any_k_shards_give_back_all_the_others(int k, int m)
    {
        var random = new Random(k + (31 * m));
        var code = ReedSolomon.For(k, m);
        byte[][] data = RandomShards(random, k, 300);
        byte[][] all = [.. data, .. Encode(code, data)];
        for (uint there = 0; there < 1u << (k + m); there++)
        {
            if (System.Numerics.BitOperations.PopCount(there) != k) continue;
            int[] present = [.. Enumerable.Range(0, k + m).Where(i => (there >> i & 1) != 0)];
            random.Shuffle(present);
            int[] lost = [.. Enumerable.Range(0, k + m).Where(i => (there >> i & 1) == 0)];
            AssertRebuilds(code, all, present, lost);
        }
    }

    [Fact]
    public void The_largest_codes_work()
    {
        var random = new Random(3);
        foreach ((int k, int m) in new[] { (127, 1), (64, 64), (1, 127), (100, 28) })
        {
            var code = ReedSolomon.For(k, m);
            byte[][] data = RandomShards(random, k, 100);
            byte[][] all = [.. data, .. Encode(code, data)];
            int[] order = [.. Enumerable.Range(0, k + m)];
            random.Shuffle(order);
            AssertRebuilds(code, all, order[..k], order[k..]);
        }
    }

    [Fact]
    public void With_one_data_shard_every_parity_shard_equals_it()
    {
        byte[] data = SpecRandom.Bytes(5, 1000);
        foreach (byte[] parity in Encode(ReedSolomon.For(1, 5), [data])) Assert.Equal(data, parity);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 4)]
    [InlineData(127, 2)]
    [InlineData(200, 55)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Codes_outside_the_limits_are_refused(int k, int m) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ReedSolomon.For(k, m));

    [Fact]
    public void Shards_that_do_not_fit_the_code_are_refused()
    {
        var code = ReedSolomon.For(2, 1);
        Assert.Throws<ArgumentException>(() => code.Encode([new byte[5]], [new byte[5]]));
        Assert.Throws<ArgumentException>(() => code.Encode([new byte[5], new byte[4]], [new byte[4]]));
        Assert.Throws<ArgumentException>(() => code.Encode([new byte[5], new byte[4]], [new byte[5], new byte[5]]));
        Assert.Throws<ArgumentException>(() => code.Encode([Array.Empty<byte>(), Array.Empty<byte>()], [Array.Empty<byte>()]));
        Assert.Throws<ArgumentException>(() => code.Rebuild([0], [new byte[5]], [1], [new byte[5]]));
        Assert.Throws<ArgumentException>(() => code.Rebuild([0, 0], [new byte[5], new byte[5]], [1], [new byte[5]]));
        Assert.Throws<ArgumentException>(() => code.Rebuild([0, 2], [new byte[5]], [1], [new byte[5]]));
        Assert.Throws<ArgumentException>(() => code.Rebuild([0, 2], [new byte[5], new byte[5]], [1], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.Rebuild([0, 3], [new byte[5], new byte[5]], [1], [new byte[5]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.Rebuild([0, 2], [new byte[5], new byte[5]], [3], [new byte[5]]));
    }

    [Fact]
    public void Encoding_again_allocates_nothing()
    {
        var code = ReedSolomon.For(10, 4);
        ReadOnlyMemory<byte>[] data = [.. RandomShards(new Random(1), 10, 5000).Select(shard => (ReadOnlyMemory<byte>)shard)];
        int longest = data.Max(shard => shard.Length);
        Memory<byte>[] parity = [.. Enumerable.Range(0, 4).Select(_ => (Memory<byte>)new byte[longest])];
        code.Encode(data, parity);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) code.Encode(data, parity);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertRebuilds(ReedSolomon code, byte[][] all, int[] present, int[] lost)
    {
        ReadOnlyMemory<byte>[] shards = [.. present.Select(i => (ReadOnlyMemory<byte>)all[i])];
        Memory<byte>[] rebuilt = [.. lost.Select(i => (Memory<byte>)SpecRandom.Bytes(9, all[i].Length))];
        code.Rebuild(present, shards, lost, rebuilt);
        for (int i = 0; i < lost.Length; i++) Assert.True(rebuilt[i].Span.SequenceEqual(all[lost[i]]), $"shard {lost[i]} of {string.Join(',', present)}");
    }

    private static byte[][] RandomShards(Random random, int count, int most) =>
        [.. Enumerable.Range(0, count).Select(_ =>
        {
            byte[] shard = new byte[random.Next(1, most)];
            random.NextBytes(shard);
            return shard;
        })];

    private static byte[][] Encode(ReedSolomon code, byte[][] data)
    {
        int longest = data.Max(shard => shard.Length);
        byte[][] parity = [.. Enumerable.Range(0, code.ParityShards).Select(_ => new byte[longest])];
        code.Encode([.. data.Select(shard => (ReadOnlyMemory<byte>)shard)], [.. parity.Select(shard => (Memory<byte>)shard)]);
        return parity;
    }

    private static string Hash(byte[] bytes)
    {
        byte[] hash = new byte[32];
        Blake3.Hash(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }
}
