using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh;

public sealed class AnnouncerTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly RememberedVersion _versions = new();
    private readonly List<Announcement> _sent = [];
    private readonly Announcer _announcer;

    public AnnouncerTests() => _announcer = Make(_time);

    public void Dispose() => _announcer.Dispose();

    [Fact]
    public void Edits_within_an_interval_go_out_together_at_its_end()
    {
        _announcer.Edit(offer => offer.With(["a"]), isUrgent: false);
        Assert.Single(_sent);
        _announcer.Edit(offer => offer.With(["b"]), isUrgent: false);
        _announcer.Edit(offer => offer.With(["c"]), isUrgent: false);
        _time.Run(TimeSpan.FromSeconds(9.9));
        Assert.Single(_sent);
        _time.Run(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, _sent.Count);
        Assert.Equal(["a", "b", "c"], _sent[1].Offer.Tags);
    }

    [Fact]
    public void An_urgent_edit_goes_out_at_once_with_what_was_waiting()
    {
        _announcer.Edit(offer => offer.With(["a"]), isUrgent: false);
        _announcer.Edit(offer => offer.With(["b"]), isUrgent: false);
        _announcer.Edit(offer => offer.With([], ["a"]), isUrgent: true);
        Assert.Equal(["b"], _sent[^1].Offer.Tags);
        int before = _sent.Count;
        _time.Run(TimeSpan.FromSeconds(60));
        Assert.Equal(before, _sent.Count);
    }

    [Fact]
    public void It_repeats_itself_at_a_third_of_its_lifetime_and_a_change_of_nothing_says_nothing()
    {
        _announcer.Edit(offer => offer.With(["a"]), isUrgent: false);
        _announcer.Edit(offer => offer.With(["a"]), isUrgent: true);
        Assert.Single(_sent);
        _time.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(7, _sent.Count);
    }

    [Fact]
    public void Versions_rise_within_a_millisecond_and_over_a_restart_with_a_clock_set_back()
    {
        _announcer.Edit(offer => offer.With(["a"]), isUrgent: true);
        _announcer.Edit(offer => offer.With(["b"]), isUrgent: true);
        _announcer.Dispose();
        using Announcer again = Make(new VirtualTime(_time.GetUtcNow().AddDays(-30)));
        again.Start();
        Assert.True(_sent[0].Version < _sent[1].Version);
        Assert.True(_sent[1].Version < _sent[2].Version);
    }

    [Fact]
    public void Many_urgent_edits_go_out_in_a_burst_then_together_and_none_waits_for_an_interval()
    {
        TimeSpan share = MeshLimits.DefaultAnnounceInterval / MeshLimits.DefaultUrgentBurst;
        for (int i = 0; i < 1000; i++) _announcer.Edit(offer => offer.With([$"{i}"]), isUrgent: true);
        Assert.Equal(MeshLimits.DefaultUrgentBurst, _sent.Count);
        _time.Run(share);
        Assert.Equal(1000, _sent[^1].Offer.Tags.Count);
        int count = _sent.Count;
        for (int tenth = 0; tenth < 1000; tenth++)
        {
            _announcer.Edit(offer => offer.With([$"more {tenth}"]), isUrgent: true);
            _time.Run(TimeSpan.FromSeconds(0.1));
        }
        Assert.InRange(_sent.Count - count, 78, 82);
        _time.Run(share);
        Assert.Equal(2000, _sent[^1].Offer.Tags.Count);
    }

    [Fact]
    public void An_urgent_edit_carries_those_that_wait_and_one_that_waits_overtakes_them()
    {
        for (int i = 0; i < MeshLimits.DefaultUrgentBurst; i++) _announcer.Edit(offer => offer.With([$"{i}"]), isUrgent: true);
        _announcer.Edit(offer => offer.With(["slow"]), isUrgent: false);
        _announcer.Edit(offer => offer.With(["fast"]), isUrgent: true);
        _time.Run(MeshLimits.DefaultAnnounceInterval / MeshLimits.DefaultUrgentBurst);
        Assert.Equal(10, _sent[^1].Offer.Tags.Count);
        int count = _sent.Count;
        _time.Run(MeshLimits.DefaultAnnounceInterval * 2);
        Assert.Equal(count, _sent.Count);
    }

    [Fact]
    public void Too_much_is_refused_and_changes_nothing()
    {
        _announcer.Edit(offer => offer.With(["a"]), isUrgent: true);
        DatafortsException error = Assert.Throws<DatafortsException>(() =>
            _announcer.Edit(offer => offer.WithMetadata("k", new string('v', MeshLimits.MaxMetadataLength)), isUrgent: true));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.Contains("MaxMetadataLength", error.Message, StringComparison.Ordinal);
        Assert.Empty(_announcer.Offer.Metadata);
        Assert.Single(_sent);
    }

    [Fact]
    public async Task No_edit_is_lost_when_many_edit()
    {
        using var announcer = new Announcer(new NodeId(1), TimeProvider.System, new AnnouncerOptions(), _versions, static _ => { });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++) announcer.Edit(offer => offer.With([$"t{writer}.{i}"]), isUrgent: i % 10 == 0);
        })));
        Assert.Equal(1600, announcer.Offer.Tags.Count);
    }

    private Announcer Make(TimeProvider time) => new(new NodeId(1), time, new AnnouncerOptions(), _versions, _sent.Add);
}
