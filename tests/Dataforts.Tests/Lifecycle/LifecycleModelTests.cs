using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>Random schedules against a simple model: no live byte is lost, and no garbage is kept past its grace.</summary>
public sealed class LifecycleModelTests
{
    private const int SlowSchedules = 2500;

    [Fact]
    public Task Nothing_live_is_lost_and_no_garbage_is_kept_past_its_grace() => RunAsync("fast", 150);

    [Fact]
    [Slow]
    public Task A_first_quarter_of_ten_thousand_schedules_loses_nothing() => RunAsync("first", SlowSchedules);

    [Fact]
    [Slow]
    public Task A_second_quarter_of_ten_thousand_schedules_loses_nothing() => RunAsync("second", SlowSchedules);

    [Fact]
    [Slow]
    public Task A_third_quarter_of_ten_thousand_schedules_loses_nothing() => RunAsync("third", SlowSchedules);

    [Fact]
    [Slow]
    public Task A_fourth_quarter_of_ten_thousand_schedules_loses_nothing() => RunAsync("fourth", SlowSchedules);

    [Fact]
    public async Task The_schedules_catch_a_store_whose_puts_hold_what_they_store_too_late()
    {
        BlobSample[] samples = await BlobSample.MakeAllAsync();
        Random seeds = TestSeed.For("a broken twin");
        for (int schedule = 0; schedule < 400; schedule++)
        {
            if (await Record.ExceptionAsync(() => new LifecycleSchedule(samples, seeds.Next(), holdsPutsLate: true).RunAsync()) is not null) return;
        }
        Assert.Fail("nobody noticed");
    }

    private static async Task RunAsync(string name, int schedules)
    {
        BlobSample[] samples = await BlobSample.MakeAllAsync();
        Random random = TestSeed.For($"{nameof(LifecycleModelTests)} {name}");
        int[] seeds = [.. Enumerable.Range(0, schedules).Select(_ => random.Next())];
        await Parallel.ForEachAsync(seeds, TestContext.Current.CancellationToken, async (seed, _) =>
            await new LifecycleSchedule(samples, seed, holdsPutsLate: false).RunAsync());
    }
}
