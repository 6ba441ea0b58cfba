using Dataforts.Simulation.Caching.Traces;
using Dataforts.Simulation.Chance;

namespace Dataforts.Simulation.Caching;

public sealed class TraceCatalogTests
{
    public static TheoryData<string> Names => [.. TraceCatalog.All.Select(generator => generator.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_makes_the_same_trace(string name)
    {
        TraceGenerator generator = TraceCatalog.Find(name)!;
        TraceRequest[] trace = [.. generator.Generate(5, 3000)];
        Assert.Equal(trace, generator.Generate(5, 3000));
        Assert.NotEqual(trace, generator.Generate(6, 3000));
        Assert.Equal(3000, trace.Length);
        Assert.InRange(trace.Select(request => request.Key).Distinct().Count(), 10, 2999);
        Assert.Empty(generator.Generate(5, 0));
    }

    [Fact]
    public void Chance_is_the_same_on_every_machine()
    {
        var random = SeededRandom.OfTrace(42);
        Assert.Equal(0xE220A8397B1DCDAFUL, ExactMath.Scatter(0));
        Assert.Equal([588121357160851452UL, 2608832450465552496UL, 16845915471372537783UL], (ulong[])[random.Next(), random.Next(), random.Next()]);
        Assert.Equal(Math.Exp(1.7), ExactMath.Exp(1.7), 12);
        Assert.Equal(Math.Exp(-33.3), ExactMath.Exp(-33.3), 12);
        Assert.Equal(Math.Log(12345.678), ExactMath.Log(12345.678), 12);
        Assert.Equal(Math.Log(1e-9), ExactMath.Log(1e-9), 12);
    }

    [Fact]
    public void Ranks_come_by_zipfs_law()
    {
        var random = SeededRandom.OfTrace(1);
        var ranks = new Zipf(1000, 1);
        var counts = new int[1000];
        for (int i = 0; i < 200_000; i++) counts[ranks.Draw(random)]++;
        Assert.InRange(counts[0] / (double)counts[9], 8.5, 11.5);
        Assert.InRange(counts[0], 200_000 / 7.49 * 0.97, 200_000 / 7.49 * 1.03);
    }
}
