using System.Collections.Immutable;
using CsCheck;
using Dataforts.Capabilities.Peers;

namespace Dataforts.Tests.Capabilities.Peers;

public sealed class HeatChurnTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Gen<ImmutableArray<Mark<ulong>>> Marks = Gen.Dictionary(Gen.ULong[1, 20], Gen.Int[1, 4])[0, 12]
        .Select(pairs => pairs.OrderBy(pair => pair.Key).Select(pair => new Mark<ulong>(pair.Key, null, pair.Value)).ToImmutableArray());

    [Fact]
    public void Time_refills_an_allowance_up_to_a_burst()
    {
        HeatAllowance spent = HeatAllowance.Full(Start).Spend(PeerLimits.HeatBurst);
        Assert.Equal(0, spent.Credit);
        Assert.Equal(spent, spent.AsOf(Start.AddHours(-1)));
        Assert.Equal(PeerLimits.HeatChangesPerSecond * 2, spent.AsOf(Start.AddSeconds(2)).Credit);
        Assert.Equal(PeerLimits.HeatBurst, spent.AsOf(Start.AddDays(1)).Credit);
    }

    [Fact]
    public void What_is_allowed_goes_to_the_hottest_and_the_rest_stays_as_it_was() => Gen.Select(Marks, Marks, Gen.Int[0, 12]).Sample((had, wanted, credit) =>
    {
        var allowance = new HeatAllowance(credit, Start);
        long held = 0;
        ImmutableArray<Mark<ulong>> settled = HeatChurn.Settle(had, wanted, ref allowance, ref held);
        Dictionary<ulong, int> before = had.ToDictionary(mark => mark.Key, mark => mark.Level);
        IEnumerable<Mark<ulong>> differing = wanted.Where(mark => before.GetValueOrDefault(mark.Key) != mark.Level);
        List<Mark<ulong>> changes = [.. differing.OrderByDescending(mark => mark.Level).ThenBy(mark => mark.Key)];
        HashSet<ulong> accepted = [.. changes.Take(credit).Select(mark => mark.Key)];
        IEnumerable<Mark<ulong>> expected = wanted
            .Select(mark => accepted.Contains(mark.Key) ? mark : mark with { Level = before.GetValueOrDefault(mark.Key) }).Where(mark => mark.Level > 0);
        Assert.Equal(expected, settled);
        Assert.Equal(credit - accepted.Count, allowance.Credit);
        Assert.Equal(changes.Count - accepted.Count, held);
    });

    [Fact]
    public void Taking_heat_back_is_free()
    {
        var allowance = new HeatAllowance(0, Start);
        long held = 0;
        Assert.Empty(HeatChurn.Settle([new Mark<ulong>(1, null, 5)], [], ref allowance, ref held));
        Assert.Equal(0, held);
    }
}
