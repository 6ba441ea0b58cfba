using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh;

/// <summary>What an operator or a time service does to the calendar must neither silence a node nor end what is believed.</summary>
public sealed class SetClockTests
{
    private readonly VirtualTime _time = new();
    private readonly SetClock _clock;

    public SetClockTests() => _clock = new SetClock(_time);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_calendar_set_anew_neither_ends_nor_prolongs_belief(int days)
    {
        using var table = new PeerTable(_clock, maxPeers: 8);
        NodeId a = new(1);
        table.Accept(new Announcement(a, 1, TimeSpan.FromSeconds(10), Offer.Empty), null);
        _clock.Offset = TimeSpan.FromDays(days);
        _time.Run(TimeSpan.FromSeconds(9));
        Assert.True(table.TryFind(a, out _));
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.False(table.TryFind(a, out _));
        Assert.Empty(table.Snapshot());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_calendar_set_anew_neither_silences_a_node_nor_makes_it_talk(int days)
    {
        var sent = new List<Announcement>();
        using var announcer = new Announcer(new NodeId(1), _clock, new AnnouncerOptions(), new RememberedVersion(), sent.Add);
        announcer.Edit(offer => offer.With(["a"]), isUrgent: false);
        _clock.Offset = TimeSpan.FromDays(days);
        announcer.Edit(offer => offer.With(["b"]), isUrgent: false);
        Assert.Single(sent);
        _time.Run(MeshLimits.DefaultAnnounceInterval);
        Assert.Equal(2, sent.Count);
        Assert.True(sent[1].Version > sent[0].Version);
    }
}
