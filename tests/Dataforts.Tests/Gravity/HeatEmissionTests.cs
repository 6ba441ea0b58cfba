using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

public sealed class HeatEmissionTests
{
    private static readonly HeatPolicy Policy = new();

    [Theory]
    [InlineData(5, null, HeatVerdict.Emit)]
    [InlineData(0, null, HeatVerdict.Suppress)]
    [InlineData(20, 10.0, HeatVerdict.Emit)]
    [InlineData(5, 10.0, HeatVerdict.Emit)]
    [InlineData(15, 10.0, HeatVerdict.Suppress)]
    [InlineData(0, 5.0, HeatVerdict.Withdraw)]
    [InlineData(0, 0.0, HeatVerdict.Suppress)]
    [InlineData(1, 5e-324, HeatVerdict.Emit)]
    [InlineData(1, 0.0, HeatVerdict.Emit)]
    [InlineData(-1, 5.0, HeatVerdict.Suppress)]
    [InlineData(double.NaN, 5.0, HeatVerdict.Suppress)]
    [InlineData(double.PositiveInfinity, null, HeatVerdict.Suppress)]
    public void The_ratio_decides(double rate, double? last, HeatVerdict verdict) => Assert.Equal(verdict, HeatEmission.Decide(rate, last, Policy));

    [Theory]
    [InlineData(20, HeatVerdict.Suppress)]
    [InlineData(30, HeatVerdict.Emit)]
    public void A_greater_ratio_tells_less(double rate, HeatVerdict verdict) =>
        Assert.Equal(verdict, HeatEmission.Decide(rate, 10, Policy with { EmitRatio = 3 }));

    [Fact]
    public void Nothing_is_told_when_disabled() =>
        Assert.Equal(HeatVerdict.Suppress, HeatEmission.Decide(100, null, Policy with { Enabled = false }));

    [Theory]
    [InlineData(1, 10)]
    [InlineData(4, 23)]
    [InlineData(10, 35)]
    [InlineData(16, 41)]
    [InlineData(100, 67)]
    [InlineData(1000, 100)]
    [InlineData(1e12, 100)]
    [InlineData(0.035, 0)]
    [InlineData(0.0352, 1)]
    [InlineData(0, 0)]
    [InlineData(-3, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    public void The_value_on_the_wire_is_logarithmic(double rate, int level) => Assert.Equal(level, HeatEmission.Level(rate, Policy));

    [Fact]
    public void A_level_stands_for_a_rate_that_has_it()
    {
        for (int level = 0; level <= HeatEmission.MaxLevel; level++) Assert.Equal(level, HeatEmission.Level(HeatEmission.RateOf(level, Policy), Policy));
        Assert.Equal(HeatEmission.RateOf(100, Policy), HeatEmission.RateOf(int.MaxValue, Policy));
        Assert.Equal(0, HeatEmission.RateOf(-5, Policy));
    }

    [Fact]
    public void The_same_text_is_not_told_twice_and_its_zero_is_taken_back()
    {
        Assert.Equal(HeatVerdict.Suppress, HeatEmission.Decide(8000, 2000, 100, Policy));
        Assert.Equal(HeatVerdict.Emit, HeatEmission.Decide(8000, 20, 44, Policy));
        Assert.Equal(HeatVerdict.Withdraw, HeatEmission.Decide(0.03, 0.06, 1, Policy));
        Assert.Equal(HeatVerdict.Suppress, HeatEmission.Decide(0.03, null, 0, Policy));
    }

    [Fact]
    public void A_policy_names_what_is_out_of_range()
    {
        Assert.Equal("EmitRatio", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { EmitRatio = 1 }).ParamName);
        Assert.Equal("EmitRatio", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { EmitRatio = double.NaN }).ParamName);
        Assert.Equal("EmitRatio", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { EmitRatio = 10.1 }).ParamName);
        Assert.Equal("HalfLife", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { HalfLife = TimeSpan.Zero }).ParamName);
        Assert.Equal("ReferenceRate", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { ReferenceRate = 1.4 }).ParamName);
        Assert.Equal("ReferenceRate", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { ReferenceRate = double.PositiveInfinity }).ParamName);
        Assert.Equal("MaxAdvertised", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { MaxAdvertised = 0 }).ParamName);
        Assert.Equal("MaxChangesPerTick", Assert.Throws<ArgumentOutOfRangeException>(() => new HeatPolicy { MaxChangesPerTick = 0 }).ParamName);
        Assert.Equal(10, new HeatPolicy { EmitRatio = 10, ReferenceRate = 1.5 }.EmitRatio);
    }
}
