using Dataforts.Mesh.Embedded;

namespace Dataforts.Mesh;

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
