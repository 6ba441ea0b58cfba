using Dataforts.Greedy.Caching;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Greedy.Caching;

public sealed class OriginIndexTests
{
    private readonly OriginIndex _index = new();

    [Fact]
    public void An_origin_is_held_from_its_first_holding_to_its_last()
    {
        Assert.True(_index.Add(7));
        Assert.False(_index.Add(7));
        Assert.Equal(2, _index.CountOf(7));
        Assert.False(_index.Remove(7));
        Assert.True(_index.Contains(7));
        Assert.True(_index.Remove(7));
        Assert.False(_index.Contains(7));
        Assert.Equal(0, _index.Count);
        Assert.Throws<InvalidOperationException>(() => _index.Remove(7));
    }

    [Fact]
    public void A_holding_moves_to_another_origin_to_the_same_or_to_none()
    {
        _index.Move(0, 7);
        _index.Move(7, 7);
        Assert.Equal(1, _index.CountOf(7));
        _index.Move(7, 8);
        Assert.False(_index.Contains(7));
        Assert.True(_index.Contains(8));
        _index.Move(8, 0);
        Assert.Equal(0, _index.Count);
        _index.Move(0, 7);
        Assert.Equal(1, _index.CountOf(7));
    }

    [Fact]
    public void Origin_zero_is_never_held()
    {
        Assert.False(_index.Add(0));
        Assert.False(_index.Contains(0));
        Assert.False(_index.Remove(0));
        Assert.Equal(0, _index.Count);
    }

    [Fact]
    public void The_largest_origin_is_held_like_any_other()
    {
        Assert.False(_index.Contains(ulong.MaxValue));
        Assert.True(_index.Add(ulong.MaxValue));
        Assert.True(_index.Contains(ulong.MaxValue));
        for (ulong origin = 1; origin <= 100; origin++) _index.Add(origin);
        Assert.True(_index.Contains(ulong.MaxValue));
        Assert.True(_index.Remove(ulong.MaxValue));
        Assert.False(_index.Contains(ulong.MaxValue));
        Assert.Equal(100, _index.Count);
    }

    [Fact]
    public async Task Who_asks_meanwhile_finds_what_is_held_throughout_and_nothing_that_never_was()
    {
        for (ulong origin = 1; origin <= 64; origin++) _index.Add(origin * 3);
        bool stop = false;
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            int wrong = 0;
            while (!Volatile.Read(ref stop))
            {
                for (ulong origin = 1; origin <= 64; origin++) wrong += _index.Contains(origin * 3) && !_index.Contains((origin * 3) + 1) ? 0 : 1;
            }
            return wrong;
        }))];
        // Grows, shrinks, and fills with places that were held.
        for (int round = 0; round < 200; round++)
        {
            for (ulong origin = 0; origin < 500; origin++) _index.Add((origin * 3) + 2);
            for (ulong origin = 0; origin < 500; origin++) _index.Remove((origin * 3) + 2);
        }
        Volatile.Write(ref stop, true);
        Assert.Equal(0, (await Task.WhenAll(readers)).Sum());
        Assert.Equal(64, _index.Count);
    }

    [Fact]
    public void A_million_changes_leave_what_a_linear_scan_finds()
    {
        Random random = TestSeed.For(nameof(A_million_changes_leave_what_a_linear_scan_finds));
        ulong[] entries = new ulong[48];
        for (int step = 0; step < 1_000_000; step++)
        {
            ref ulong entry = ref entries[random.Next(entries.Length)];
            ulong next = (ulong)random.Next(24);
            switch (random.Next(3))
            {
                case 0:
                    Assert.Equal(entry != 0 && entries.AsSpan().Count(entry) == 1, _index.Remove(entry));
                    entry = 0;
                    break;
                case 1 when entry == 0:
                    Assert.Equal(next != 0 && entries.AsSpan().Count(next) == 0, _index.Add(next));
                    entry = next;
                    break;
                default:
                    _index.Move(entry, next);
                    entry = next;
                    break;
            }
            ulong asked = (ulong)random.Next(24);
            Assert.Equal(asked != 0 && entries.Contains(asked), _index.Contains(asked));
        }
        foreach (ulong origin in entries.Where(origin => origin != 0)) Assert.Equal(entries.AsSpan().Count(origin), _index.CountOf(origin));
        Assert.Equal(entries.Where(origin => origin != 0).Distinct().Count(), _index.Count);
    }
}
