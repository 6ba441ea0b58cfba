using Dataforts.Channels;
using Dataforts.Testing;

namespace Dataforts.Tests.Channels;

/// <summary>What many channels have under way together.</summary>
public sealed class SharedCreditTests : IDisposable
{
    private const int Total = 1000;
    private const int Most = 600;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HeldLog[] _logs = [.. Enumerable.Range(0, 8).Select(_ => new HeldLog())];
    private readonly SharedCredit _credit = new(new CreditOptions { TotalBytes = Total, MaxWaiting = 10_000 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (HeldLog log in _logs) log.Dispose();
    }

    [Fact]
    public async Task One_channel_at_a_time_goes_beyond_the_total_and_each_has_its_turn()
    {
        EmbeddedChannel[] channels = Open();
        foreach (HeldLog log in _logs) log.Hold();
        Task<ulong>[] appends = [.. channels.Select(channel => channel.AppendAsync(new byte[Most], AppendOptions.With(Durability.Volatile), Token).AsTask())];
        Assert.Equal((2, 2L * Most), (appends.Count(append => append.IsCompleted), _credit.Bytes));
        Assert.False(channels[7].TryAppend(new byte[Most], AppendOptions.With(Durability.Volatile), out _));
        foreach (HeldLog log in _logs) log.LetGo();
        await Task.WhenAll(appends).WaitAsync(Patience, Token);
        await UntilFreeAsync();
    }

    [Fact]
    public async Task Whatever_many_writers_do_the_sum_stays_within_the_total_and_one_append()
    {
        EmbeddedChannel[] channels = Open();
        long highest = 0;
        await Task.WhenAll(Enumerable.Range(0, 24).Select(writer => Task.Run(async () =>
        {
            EmbeddedChannel channel = channels[writer % channels.Length];
            Durability[] durabilities = [Durability.Volatile, Durability.Buffered, Durability.Durable];
            for (int i = 0; i < 300; i++)
            {
                byte[] payload = new byte[SpecRandom.Bytes((ulong)((writer * 1000) + i), 1)[0] * Most / 255];
                ValueTask<ulong> append = channel.AppendAsync(payload, AppendOptions.With(durabilities[i % 3]), Token);
                InterlockedMax(ref highest, _credit.Bytes);
                await append;
            }
        }, Token))).WaitAsync(Patience, Token);
        Assert.InRange(highest, 1, Total + Most);
        await UntilFreeAsync();
        Assert.Equal(24 * 300UL, _logs.Aggregate(0UL, (sum, log) => sum + log.Next));
    }

    private static void InterlockedMax(ref long highest, long value)
    {
        long seen = Interlocked.Read(ref highest);
        while (value > seen)
        {
            long other = Interlocked.CompareExchange(ref highest, value, seen);
            if (other == seen) return;
            seen = other;
        }
    }

    private EmbeddedChannel[] Open() => [.. _logs.Select((log, i) => new EmbeddedChannel(ChannelName.Parse($"c/{i}"), log, _credit, TimeProvider.System))];

    private async Task UntilFreeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (_credit.Bytes != 0) await Task.Delay(1, patience.Token);
    }
}
