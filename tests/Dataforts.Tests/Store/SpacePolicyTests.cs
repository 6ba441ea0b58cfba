using Dataforts.Store;

namespace Dataforts.Tests.Store;

public sealed class SpacePolicyTests
{
    [Theory]
    [InlineData(0, 100L, 1000L, 0, 0, 100)]
    [InlineData(60, 100L, 1000L, 0, 0, 40)]
    [InlineData(60, 100L, 30L, 0, 0, 30)]
    [InlineData(60, 100L, 30L, 20, 0, 10)]
    [InlineData(60, 100L, 30L, 40, 0, 0)]
    [InlineData(60, 100L, 1000L, 0, 25, 15)]
    [InlineData(60, 100L, 1000L, 0, 50, 0)]
    [InlineData(200, 100L, 1000L, 0, 0, 0)]
    [InlineData(60, null, 50L, 20, 0, 30)]
    [InlineData(60, null, null, 20, 0, long.MaxValue)]
    [InlineData(60, 100L, null, 20, 0, 40)]
    public void Room_is_what_both_limits_leave(long used, long? capacity, long? free, long reserve, long claimed, long room)
    {
        var facts = new SpaceFacts(used, capacity, free, reserve, claimed);
        Assert.Equal(room, SpacePolicy.RoomBytes(facts));
        if (room < long.MaxValue) Assert.NotNull(SpacePolicy.Refuse(room + 1, facts, "there"));
        Assert.Null(SpacePolicy.Refuse(room, facts, "there"));
        Assert.Null(SpacePolicy.Refuse(0, facts, "there"));
    }

    [Fact]
    public void What_refuses_is_named()
    {
        DatafortsException capacity = SpacePolicy.Refuse(50, new SpaceFacts(60, 100, 1000, 0, 0), "there")!;
        Assert.Equal(ErrorKind.LimitExceeded, capacity.Kind);
        Assert.Contains("60 of the 100 bytes of its CapacityBytes", capacity.Message, StringComparison.Ordinal);
        DatafortsException disk = SpacePolicy.Refuse(50, new SpaceFacts(60, null, 90, 80, 5), "there")!;
        Assert.Equal(ErrorKind.NoSpace, disk.Kind);
        Assert.Contains("90 are free, of which 80 stay free, 5 are promised", disk.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 100L, 1000L, 0, 0.0)]
    [InlineData(90, 100L, 1000L, 0, 0.9)]
    [InlineData(120, 100L, 1000L, 0, 1.2)]
    [InlineData(90, 100L, 10L, 10, 1.0)]
    [InlineData(30, null, 20L, 10, 0.75)]
    [InlineData(30, null, null, 10, 0.0)]
    [InlineData(0, 0L, 1000L, 0, 0.0)]
    public void Fullness_is_the_share_that_is_taken(long used, long? capacity, long? free, long reserve, double fullness) =>
        Assert.Equal(fullness, SpacePolicy.Fullness(new SpaceFacts(used, capacity, free, reserve, 0)), 3);

    [Fact]
    public void The_water_marks_do_not_flutter()
    {
        double[] fullness = [0.5, 0.89, 0.9, 0.85, 0.81, 0.8, 0.85, 0.899, 0.95];
        bool[] expected = [false, false, true, true, true, false, false, false, true];
        bool isHigh = false;
        Assert.Equal(expected, fullness.Select(share => isHigh = SpacePolicy.IsHigh(isHigh, share, 0.9, 0.8)));
    }

    [Fact]
    public void The_reserve_is_a_segment_or_a_64th_of_a_small_disk()
    {
        Assert.Equal(256L << 20, SpacePolicy.DefaultReserveBytes(256L << 20, 1L << 40));
        Assert.Equal(1 << 14, SpacePolicy.DefaultReserveBytes(256L << 20, 1 << 20));
    }
}
