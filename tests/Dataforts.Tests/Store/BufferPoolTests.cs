using Dataforts.Store;

namespace Dataforts.Tests.Store;

public sealed class BufferPoolTests
{
    [Fact]
    public void An_array_is_long_enough_and_at_most_a_quarter_longer()
    {
        var pool = new BufferPool(1 << 20);
        for (int length = 1; length < 40 << 20; length += 1 + (length / 7))
        {
            byte[] array = pool.Rent(length);
            Assert.InRange(array.Length, length, Math.Max(4096, length + (length / 4) + 1));
        }
        Assert.True(pool.Rent(0).Length >= 0);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5000, 4500)]
    [InlineData(16 << 20, 15 << 20)]
    [InlineData(60_000, 40_000)]
    public void What_comes_back_is_used_again(int first, int second)
    {
        var pool = new BufferPool(64 << 20);
        byte[] array = pool.Rent(first);
        pool.Return(array);
        Assert.Equal(array.Length, pool.KeptBytes);
        Assert.Same(array, pool.Rent(second));
        Assert.Equal(0, pool.KeptBytes);
    }

    [Fact]
    public void One_far_too_long_is_left_for_others()
    {
        var pool = new BufferPool(64 << 20);
        pool.Return(pool.Rent(1 << 20));
        Assert.InRange(pool.Rent(100_000).Length, 100_000, 200_000);
    }

    [Fact]
    public void It_keeps_no_more_than_it_may_and_the_size_least_asked_for_gives_way()
    {
        var pool = new BufferPool(10 << 20);
        byte[][] large = [.. Enumerable.Range(0, 5).Select(_ => pool.Rent(4 << 20))];
        foreach (byte[] array in large) pool.Return(array);
        Assert.Equal(8 << 20, pool.KeptBytes);
        byte[][] small = [.. Enumerable.Range(0, 100).Select(_ => pool.Rent(100_000))];
        foreach (byte[] array in small)
        {
            pool.Return(array);
            Assert.InRange(pool.KeptBytes, 1, 10 << 20);
        }
        HashSet<byte[]> kept = [.. Enumerable.Range(0, 60).Select(_ => pool.Rent(100_000))];
        Assert.True(kept.All(small.Contains));
    }

    [Fact]
    public void An_array_longer_than_all_it_may_keep_is_not_kept()
    {
        var pool = new BufferPool(1 << 20);
        pool.Return(pool.Rent(100_000));
        long kept = pool.KeptBytes;
        pool.Return(pool.Rent(2 << 20));
        Assert.Equal(kept, pool.KeptBytes);
    }

    [Fact]
    public void Nobody_else_is_given_an_array_that_is_in_use()
    {
        var pool = new BufferPool(300_000);
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            for (int round = 0; round < 3000; round++)
            {
                byte[] array = pool.Rent(random.Next(1, 50_000));
                array[0] = array[^1] = (byte)worker;
                Thread.Yield();
                Assert.Equal((worker, worker), (array[0], array[^1]));
                pool.Return(array);
            }
        });
        Assert.InRange(pool.KeptBytes, 1, 300_000);
    }
}
