using Dataforts.Capabilities;
using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

public sealed class GravityWorkerTests
{
    private static readonly FakePeer Origin = new(100) { IsPublisher = true };
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
        Assert.Equal(["pull 1 from 7", "drop 15"], _host.Deeds);
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
            await _worker.DisableAsync(CancellationToken.None);
            Assert.Empty(_host.Told);
            int deeds = _host.Deeds.Count;
            Demand(300, 1000);
            GravityReport report = await TickAsync();
            Assert.Equal(deeds, _host.Deeds.Count);
            Assert.True(report.Bars[(int)PullBar.GravityDisabled] > 0);
            _worker.Enable();
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
    public async Task What_would_make_room_stays_while_the_copy_does_not_come()
    {
        Fill();
        Demand(1, 100);
        _host.Pulling = _ => false;
        GravityReport report = await TickAsync();
        Assert.Equal((0, 1, 0), (report.Pulled, report.Failed, report.Dropped));
        Assert.Equal(10, _host.Held.Count);
        Assert.Equal(["pull 1 from 100 in vain"], _host.Deeds);
    }

    [Fact]
    public async Task Of_copies_that_only_nodes_that_could_drop_them_have_one_stays_whoever_plans_when()
    {
        // Two nodes, full of the same ten, whose publisher is gone; each reads something that is worth far more.
        FakeHost[] hosts = [new FakeHost { Id = 1 }, new FakeHost { Id = 2 }];
        var heats = hosts.Select(_ => new HeatRegistry<ulong>(Policy)).ToArray();
        for (int node = 0; node < 2; node++)
        {
            for (ulong key = 10; key < 20; key++)
            {
                hosts[node].Held.Add(key);
                hosts[node].Holders[key] = [new FakePeer(hosts[1 - node].Id)];
            }
            for (ulong key = 100; key < 110; key++)
            {
                heats[node].Bump(key + (ulong)(100 * node), 1000, TimeSpan.Zero);
                hosts[node].Holders[key + (ulong)(100 * node)] = [Origin];
            }
        }
        for (int tick = 0; tick < 3; tick++)
        {
            for (int node = 0; node < 2; node++)
            {
                using GravityWorker<ulong> worker = Worker(heats[node], hosts[node]);
                await worker.TickAsync(CancellationToken.None);
            }
        }
        for (ulong key = 10; key < 20; key++) Assert.Single(hosts, host => host.Held.Contains(key));
        Assert.All(hosts, host => Assert.InRange(host.Held.Count, 1, 10));
    }

    [Fact]
    public async Task A_victim_whose_other_holders_went_meanwhile_stays_and_no_more_is_pulled_until_there_is_room()
    {
        Fill();
        Demand(1, 100);
        _host.Pulling = _ =>
        {
            for (ulong key = 10; key < 20; key++) _host.Holders[key] = [];
            return true;
        };
        Assert.Equal(0, (await TickAsync()).Dropped);
        Assert.Equal(11, _host.Held.Count);
        Demand(2, 100);
        Assert.Equal(1, (await TickAsync()).Refusals[(int)PullRefusal.VictimsWorthMore]);
        for (ulong key = 10; key < 20; key++) _host.Holders[key] = [Origin];
        _host.Pulling = null;
        GravityReport report = await TickAsync();
        Assert.Equal((1, 2), (report.Pulled, report.Dropped));
        Assert.Equal(10, _host.Held.Count);
    }

    [Theory]
    [InlineData(typeof(DatafortsException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(FormatException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(TaskCanceledException))]
    public async Task Whatever_a_pull_ends_with_is_counted_and_the_others_go_on(Type failure)
    {
        Demand(1, 50);
        Demand(2, 40);
        Exception thrown = failure == typeof(DatafortsException)
            ? new DatafortsException(ErrorKind.Transient, "gone") : (Exception)Activator.CreateInstance(failure)!;
        _host.Pulling = key => key == 2 ? true : throw thrown;
        GravityReport report = await TickAsync();
        Assert.Equal((1, 1), (report.Pulled, report.Failed));
        Assert.IsType(failure, _worker.LastError);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failed_pull()
    {
        Demand(1, 50);
        using var ended = new CancellationTokenSource();
        _host.Pulling = _ =>
        {
            ended.Cancel();
            throw new OperationCanceledException(ended.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _worker.TickAsync(ended.Token));
    }

    [Fact]
    public async Task An_announcement_that_is_over_a_limit_keeps_no_plan_from_being_carried_out()
    {
        Demand(1, 50);
        _host.Announcing = () => throw new DatafortsException(ErrorKind.LimitExceeded, "full");
        GravityReport report = await TickAsync();
        Assert.Equal((true, 0, 1), (report.IsRefused, report.Told, report.Pulled));
        _host.Announcing = null;
        report = await TickAsync();
        Assert.Equal((false, 1), (report.IsRefused, report.Told));
    }

    [Fact]
    public async Task Turned_off_while_a_copy_is_on_its_way_it_takes_back_all_without_waiting_for_that()
    {
        Demand(1, 50);
        Demand(2, 40);
        TaskCompletionSource coming = new(), asked = new();
        _host.Arriving = async () =>
        {
            asked.SetResult();
            await coming.Task;
        };
        Task<GravityReport> tick = TickAsync();
        await asked.Task;
        Assert.Equal(2, _host.Told.Count);
        await _worker.DisableAsync(CancellationToken.None);
        Assert.Empty(_host.Told);
        Assert.False(tick.IsCompleted);
        coming.SetResult();
        Assert.Equal(1, (await tick).Pulled);
        Assert.Empty(_host.Told);
    }

    [Fact]
    public async Task A_directory_that_all_share_has_this_node_in_it_and_its_own_heat_takes_no_turn_before_it()
    {
        _host.Standing = new GravityStanding { Zone = "z" };
        Demand(1, 50);
        _host.Holders[1] = [Origin];
        var own = new FakePeer(_host.Id) { Zone = "z", GravityScope = ScopeWidth.Node, Heats = new HeatAdvert<ulong>[] { new(1, 100) } };
        _host.All.Add(own);
        using GravityWorker<ulong> worker = Worker(_heat, _host, new PullPolicy { CopiesPerZone = 1 });
        Assert.Equal(1, (await worker.TickAsync(CancellationToken.None)).Pulled);
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
    [InlineData(ScopeWidth.Mesh, "a", true)]
    [InlineData(ScopeWidth.Region, "a", true)]
    [InlineData(ScopeWidth.Zone, "a", false)]
    [InlineData(ScopeWidth.Zone, "b", true)]
    [InlineData(ScopeWidth.Node, "b", false)]
    public async Task A_scope_that_another_advertiser_sets_binds_here(ScopeWidth scope, string zone, bool pulls)
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

    private void Fill()
    {
        for (ulong key = 10; key < 20; key++)
        {
            Demand(key, 1);
            _host.Held.Add(key);
        }
    }

    private void Demand(ulong key, int reads)
    {
        _heat.Bump(key, reads, TimeSpan.Zero);
        _host.Holders.TryAdd(key, [Origin]);
        if (key >= 10 && key < 20) _host.Holders[key] = [Origin];
    }

    private Task<GravityReport> TickAsync() => _worker.TickAsync(CancellationToken.None);
}
