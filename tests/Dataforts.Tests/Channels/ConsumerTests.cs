using Dataforts.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Channels;

public sealed class ConsumerTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly EventChannels _channels = EventChannels.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AppendOptions Volatile { get; } = AppendOptions.With(Durability.Volatile);

    public ValueTask DisposeAsync() => _channels.DisposeAsync();

    [Fact]
    public async Task Who_waits_for_what_it_wrote_reads_it()
    {
        IEventChannel channel = await OpenAsync("a");
        var consumer = new ChannelConsumer(channel);
        var taken = new HashSet<ulong>();
        using var stop = new CancellationTokenSource();
        Task running = consumer.RunAsync((one, _) =>
        {
            lock (taken) taken.Add(one.Sequence);
            return default;
        }, stop.Token);
        WaitOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            ulong mine = await channel.AppendAsync(new byte[8], Volatile, Token);
            WaitOutcome outcome = await consumer.Position.WaitForAsync(channel.TokenOf(mine), Long, Token);
            lock (taken) Assert.Contains(mine, taken);
            return outcome;
        })));
        Assert.All(outcomes, outcome => Assert.Equal(WaitOutcome.Reached, outcome));
        Assert.Equal(0, consumer.Position.Waiting);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_bad_event_is_skipped_and_does_not_hold_up_later_tokens()
    {
        IEventChannel channel = await OpenAsync("a");
        for (int i = 0; i < 10; i++) await channel.AppendAsync(new[] { (byte)i }, Volatile, Token);
        var consumer = new ChannelConsumer(channel, options: new TailOptions { EndsAtEnd = true });
        var taken = new List<ulong>();
        ValueTask<WaitOutcome> wait = consumer.Position.WaitForAsync(channel.TokenOf(9), Long, Token);
        await consumer.RunAsync((one, _) =>
        {
            if (one.Payload.Span[0] is 3 or 4 or 9) throw new FormatException($"not {one.Payload.Span[0]}");
            taken.Add(one.Sequence);
            return default;
        }, Token);
        Assert.Equal(WaitOutcome.Reached, await wait);
        Assert.Equal([0, 1, 2, 5, 6, 7, 8], taken);
        Assert.Equal([new SkippedEvent(3, 4, "not 3"), new SkippedEvent(4, 5, "not 4"), new SkippedEvent(9, 10, "not 9")], consumer.Position.Skips);
        Assert.Equal((3L, 10UL), (consumer.Position.Skipped, consumer.Position.Next));
        Assert.Equal(WaitOutcome.Reached, await consumer.Position.WaitForAsync(channel.TokenOf(3), TimeSpan.Zero, Token));
        Assert.Equal(WaitOutcome.Stopped, await consumer.Position.WaitForAsync(channel.TokenOf(10), Long, Token));
    }

    [Fact]
    public async Task A_gap_is_gone_past_as_skipped()
    {
        IEventChannel channel = await OpenAsync("a");
        for (int i = 0; i < 10; i++) await channel.AppendAsync(new byte[1], Volatile, Token);
        await channel.TrimAsync(6, Token);
        var consumer = new ChannelConsumer(channel, options: new TailOptions { EndsAtEnd = true });
        int taken = 0;
        await consumer.RunAsync((_, _) =>
        {
            taken++;
            return default;
        }, Token);
        Assert.Equal((4, 6L, 10UL), (taken, consumer.Position.Skipped, consumer.Position.Next));
    }

    [Fact]
    public async Task Each_way_a_wait_can_end_is_told()
    {
        IEventChannel channel = await OpenAsync("a"), other = await OpenAsync("b");
        var time = new FakeTimeProvider();
        var position = new ConsumerPosition(channel, maxWaits: 2, time: time);
        Assert.Equal(WaitOutcome.WrongChannel, await position.WaitForAsync(other.TokenOf(0), Long, Token));
        Assert.Equal(WaitOutcome.TimedOut, await position.WaitForAsync(channel.TokenOf(0), TimeSpan.Zero, Token));
        using var calledOff = new CancellationTokenSource();
        Task<WaitOutcome> first = position.WaitForAsync(channel.TokenOf(5), Long, Token).AsTask();
        Task<WaitOutcome> second = position.WaitForAsync(channel.TokenOf(0), 2 * Long, calledOff.Token).AsTask();
        Assert.Equal(WaitOutcome.QueueFull, await position.WaitForAsync(channel.TokenOf(1), Long, Token));
        time.Advance(Long);
        Assert.Equal(WaitOutcome.TimedOut, await first.WaitAsync(Long, Token));
        await calledOff.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Long, Token));
        Assert.Equal(0, position.Waiting);
        Task<WaitOutcome> third = position.WaitForAsync(channel.TokenOf(2), Long, Token).AsTask();
        position.Applied(1);
        Assert.False(third.IsCompleted);
        position.Applied(2);
        Assert.Equal(WaitOutcome.Reached, await third.WaitAsync(Long, Token));
        Task<WaitOutcome> fourth = position.WaitForAsync(channel.TokenOf(9), Long, Token).AsTask();
        position.Stop();
        Assert.Equal(WaitOutcome.Stopped, await fourth.WaitAsync(Long, Token));
    }

    [Fact]
    public async Task A_token_of_another_epoch_is_lost_unless_its_event_is_there()
    {
        IEventChannel channel = await OpenAsync("a");
        await channel.AppendAsync(new byte[1], Volatile, Token);
        var position = new ConsumerPosition(channel, next: 1);
        WriteToken ours = channel.TokenOf(0);
        Assert.Equal(WaitOutcome.Reached, await position.WaitForAsync(ours, Long, Token));
        Assert.Equal(WaitOutcome.Lost, await position.WaitForAsync(ours with { Epoch = ours.Epoch + 1 }, Long, Token));
        Assert.Equal(WaitOutcome.Lost, await position.WaitForAsync(ours with { Epoch = ours.Epoch + 1, Sequence = 7 }, Long, Token));
        await channel.TrimAsync(1, Token);
        Assert.Equal(WaitOutcome.Reached, await position.WaitForAsync(ours with { Epoch = ours.Epoch + 1 }, Long, Token));
    }

    private async Task<IEventChannel> OpenAsync(string name) => await _channels.OpenAsync(ChannelName.Parse(name), cancellationToken: Token);
}
