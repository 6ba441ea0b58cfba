using Dataforts.Greedy.Eviction;

namespace Dataforts.Tests.Greedy.Eviction;

public sealed class FrequencySketchTests
{
    [Fact]
    public void It_never_says_less_than_was_counted_up_to_fifteen()
    {
        var sketch = new FrequencySketch(64, 1000, 7);
        var random = new Random(1);
        var counts = new int[300];
        for (int i = 0; i < 3000; i++)
        {
            int key = random.Next(300);
            counts[key]++;
            sketch.Increment((ulong)key);
        }
        for (int key = 0; key < 300; key++) Assert.True(sketch.Estimate((ulong)key) >= Math.Min(15, counts[key]));
    }

    [Fact]
    public void It_seldom_says_more_when_it_is_not_crowded()
    {
        var sketch = new FrequencySketch(1024, 10, 7);
        for (ulong key = 0; key < 2000; key++) sketch.Increment(key);
        Assert.InRange(Enumerable.Range(0, 2000).Count(key => sketch.Estimate((ulong)key) > 1), 0, 60);
        Assert.InRange(Enumerable.Range(5000, 2000).Count(key => sketch.Estimate((ulong)key) > 0), 0, 200);
    }

    [Fact]
    public void What_is_no_longer_asked_for_fades()
    {
        var sketch = new FrequencySketch(64, 10, 7);
        for (int i = 0; i < 15; i++) sketch.Increment(1);
        for (ulong key = 100; key < 100 + 2000; key++) sketch.Increment(key);
        Assert.InRange(sketch.Estimate(1), 0, 7);
    }

    [Fact]
    public void Growing_keeps_the_counts()
    {
        var sketch = new FrequencySketch(8, 100, 7);
        for (ulong key = 0; key < 5; key++)
        {
            for (ulong i = 0; i <= key; i++) sketch.Increment(key);
        }
        sketch.EnsureRoom(5000);
        for (ulong key = 0; key < 5; key++) Assert.True(sketch.Estimate(key) >= (int)key + 1);
    }
}
