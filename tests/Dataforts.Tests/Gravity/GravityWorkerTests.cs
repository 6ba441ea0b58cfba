using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

public sealed class GravityWorkerTests
{
    private static readonly FakePeer Origin = new(100);
    private static readonly HeatPolicy Policy = new() { HalfLife = TimeSpan.FromDays(1) };

    private readonly HeatRegistry<ulong> _heat = new(Policy);
    private readonly FakeHost _host = new();
    private readonly GravityWorker<ulong> _worker;

    public GravityWorkerTests() => _worker = Worker(_heat, _host);

    [Fact]
    public async Task What_readers_want_is_told_and_pulled_hottest_first()
    {
        Demand(1, 5);
        Demand(2, 50);
        Demand(3, 1);
        GravityReport report = await TickAsync();
        Assert.Equal(["pull 2 from 100", "pull 1 from 100"], _host.Deeds);
        Assert.Equal([1UL, 2, 3], _host.Told.Keys.ToArray());
        Assert.Equal((3, 2, 0, 0), (report.Told, report.Pulled, report.Failed, report.Dropped));
        Assert.Equal(new GravityReport(0, 0, 0, 0, report.Refusals, report.Bars), await TickAsync() with { Refusals = report.Refusals, Bars = report.Bars });
    }

    [Fact]
    public async Task A_copy_comes_from_the_nearest_holder_and_a_cold_one_leaves_for_it()
    {
        for (ulong key = 10; key < 20; key++)
        {
            Demand(key, key == 15 ? 1 : 50);
            _host.Held.Add(key);
        }
        Demand(1, 10);
        _host.Holders[1].Add(new FakePeer(7) { RoundTrip = TimeSpan.FromMilliseconds(3) });
        await TickAsync();
        Assert.Equal(["drop 15", "pull 1 from 7"], _host.Deeds);
    }

    [Fact]
    public async Task The_last_copy_there_is_never_leaves()
    {
        for (ulong key = 10; key < 20; key++) _host.Held.Add(key);
        Demand(1, 1000);
        await TickAsync();
        Assert.Empty(_host.Deeds);
    }

    [Fact]
    public async Task Turned_off_it_takes_back_all_and_pulls_nothing_and_turned_on_it_goes_on()
    {
        for (ulong key = 1; key <= 200; key++) Demand(key, 5);
        for (int tick = 0; tick < 5; tick++) await TickAsync();
        Assert.Equal((200, 10), (_host.Told.Count, _host.Held.Count));
        for (int toggle = 0; toggle < 3; toggle++)
        {
            _worker.IsEnabled = false;
            int deeds = _host.Deeds.Count;
            Demand(300, 1000);
            GravityReport report = await TickAsync();
            Assert.Empty(_host.Told);
            Assert.Equal(deeds, _host.Deeds.Count);
            Assert.True(report.Bars[(int)PullBar.GravityDisabled] > 0);
            _worker.IsEnabled = true;
            for (int tick = 0; tick < 5; tick++) await TickAsync();
            Assert.Equal(201, _host.Told.Count);
        }
        Assert.Contains(300UL, _host.Held);
    }

    [Fact]
    public async Task What_the_announcement_did_not_take_is_told_by_the_next_tick()
    {
        Demand(1, 5);
        _host.Takes = false;
        Assert.Equal(0, (await TickAsync()).Told);
        _host.Takes = true;
        Assert.Equal(1, (await TickAsync()).Told);
        Assert.Equal(HeatEmission.Level(5, Policy), _host.Told[1]);
    }

    [Fact]
    public async Task A_pull_that_fails_keeps_no_other_waiting_and_is_tried_again()
    {
        Demand(1, 50);
        Demand(2, 40);
        Demand(3, 30);
        _host.Pulling = key => key == 2 ? throw new DatafortsException(ErrorKind.Transient, "gone") : key != 1;
        GravityReport report = await TickAsync();
        Assert.Equal((1, 2), (report.Pulled, report.Failed));
        _host.Pulling = null;
        Assert.Equal(2, (await TickAsync()).Pulled);
        Assert.Equal([1UL, 2, 3], _host.Held.Order().ToArray());
    }

    [Fact]
    public async Task What_is_held_in_flight_or_has_no_holder_is_skipped()
    {
        Demand(1, 50);
        _host.InFlight.Add(1);
        Demand(2, 50);
        _host.Holders.Remove(2);
        Demand(3, 50);
        _host.Held.Add(3);
        GravityReport report = await TickAsync();
        Assert.Empty(_host.Deeds);
        Assert.Equal(1, report.Refusals[(int)PullRefusal.InFlight]);
    }

    [Theory]
    [InlineData(HeatScope.Mesh, "a", true)]
    [InlineData(HeatScope.Region, "a", true)]
    [InlineData(HeatScope.Zone, "a", false)]
    [InlineData(HeatScope.Zone, "b", true)]
    [InlineData(HeatScope.Node, "b", false)]
    public async Task A_scope_that_another_advertiser_sets_binds_here(HeatScope scope, string zone, bool pulls)
    {
        _host.Standing = new GravityStanding { Zone = "b", Region = "r" };
        Demand(1, 50);
        _host.Holders[1] = [Origin with { Zone = zone, Region = "r" }];
        _host.All.Add(new FakePeer(5) { GravityScope = scope, Zone = "c", Heats = new HeatAdvert<ulong>[] { new(1, 10) } });
        GravityReport report = await TickAsync();
        Assert.Equal(pulls ? 1 : 0, report.Pulled);
        Assert.Equal(pulls ? 0 : 1, report.Bars[(int)PullBar.ScopeMismatch]);
    }

    [Fact]
    public async Task A_zone_of_sixteen_keeps_four_copies_of_what_all_its_nodes_read()
    {
        ulong[] holders = await ZoneOfSixteenAsync(_ => 20);
        Assert.Equal(4, holders.Length);
    }

    [Fact]
    public async Task The_node_that_reads_most_is_among_those_that_have_a_copy()
    {
        for (ulong keen = 0; keen < 16; keen++)
        {
            ulong[] holders = await ZoneOfSixteenAsync(id => id == keen ? 200 : 5);
            Assert.Contains(keen, holders);
            Assert.Equal(4, holders.Length);
        }
    }

    [Fact]
    public void An_interval_of_zero_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        new GravityWorker<ulong>("gravity", _heat, _host, new GravityClock(TimeProvider.System), new PullPolicy(), TimeSpan.Zero));

    // All plan by what was announced before the tick; the first only tells.
    private static async Task<ulong[]> ZoneOfSixteenAsync(Func<ulong, int> reads)
    {
        HeatRegistry<ulong>[] heats = [.. Enumerable.Range(0, 16).Select(_ => new HeatRegistry<ulong>(Policy))];
        FakeHost[] hosts = [.. Enumerable.Range(0, 16).Select(i => new FakeHost { Id = (ulong)i, Standing = new GravityStanding { Zone = "z" } })];
        for (int tick = 0; tick < 6; tick++)
        {
            FakePeer[] peers = [.. hosts.Select(host => new FakePeer(host.Id)
            {
                Zone = "z",
                RoundTrip = TimeSpan.FromMilliseconds(1),
                Heats = host.Told.Select(told => new HeatAdvert<ulong>(told.Key, told.Value)).ToArray(),
            })];
            foreach (FakeHost host in hosts)
            {
                host.All.Clear();
                host.All.AddRange(peers.Where(peer => peer.Id != host.Id));
                host.Holders[9] = [Origin, .. peers.Where(peer => peer.Id != host.Id && hosts[peer.Id].Held.Contains(9))];
            }
            foreach (FakeHost host in hosts)
            {
                heats[host.Id].Bump(9, reads(host.Id), TimeSpan.Zero);
                using GravityWorker<ulong> worker = Worker(heats[host.Id], host, tick > 0 ? new PullPolicy() : new PullPolicy { MinRate = 10_000 });
                await worker.TickAsync(CancellationToken.None);
            }
        }
        return [.. hosts.Where(host => host.Held.Contains(9)).Select(host => host.Id)];
    }

    private static GravityWorker<ulong> Worker(HeatRegistry<ulong> heat, FakeHost host, PullPolicy? policy = null) =>
        new("gravity", heat, host, new GravityClock(TimeProvider.System), policy ?? new PullPolicy(), TimeSpan.FromSeconds(10));

    private void Demand(ulong key, int reads)
    {
        _heat.Bump(key, reads, TimeSpan.Zero);
        _host.Holders.TryAdd(key, [Origin]);
        if (key >= 10 && key < 20) _host.Holders[key] = [Origin];
    }

    private Task<GravityReport> TickAsync() => _worker.TickAsync(CancellationToken.None);
}
