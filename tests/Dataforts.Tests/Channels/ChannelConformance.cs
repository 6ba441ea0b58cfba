using System.Text;
using Dataforts.Channels;
using Dataforts.Store.Events;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Channels;

/// <summary>What every channel has to do, wherever its log is. A test class for one derives from this and says how to make it.</summary>
public abstract partial class ChannelConformance : IAsyncDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    /// <summary>The most that an append may ask for.</summary>
    protected abstract Durability Strongest { get; }

    private AppendOptions Written => AppendOptions.With(Strongest == Durability.Durable ? Durability.Buffered : Strongest);

    private static ChannelName Name { get; } = ChannelName.Parse("conformance/a");

    /// <summary>The channels, made or opened again; the ones before are closed.</summary>
    protected abstract ValueTask<EventChannels> OpenAsync(CreditOptions? credit = null);

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Events_are_numbered_from_zero_and_come_back_in_order()
    {
        IEventChannel channel = await ChannelAsync();
        for (ulong i = 0; i < 500; i++) Assert.Equal(i, await channel.AppendAsync(Payload(i), Written, Token));
        AssertEvents(await ReadAllAsync(channel, 0), 0, 500);
        AssertEvents(await ReadAllAsync(channel, 321), 321, 500);
        Assert.Equal(Text(7), TextOf((await channel.ReadAsync(7, Token))!.Value));
        Assert.Null(await channel.ReadAsync(500, Token));
        ChannelInfo info = await channel.GetInfoAsync(Token);
        Assert.Equal((0UL, 500UL, 500UL), (info.First, info.Next, info.Count));
        Assert.Equal(Enumerable.Range(0, 500).Sum(i => Text((ulong)i).Length), info.Bytes);
    }

    [Fact]
    public async Task A_batch_is_appended_whole_with_numbers_that_follow_each_other()
    {
        IEventChannel channel = await ChannelAsync();
        Assert.Equal(0UL, await channel.AppendBatchAsync(Batch(0, 64), Written, Token));
        Assert.Equal(64UL, await channel.AppendBatchAsync(Array.Empty<EventData>(), Written, Token));
        Assert.Equal(64UL, await channel.AppendAsync(Payload(64), Written, Token));
        Assert.Equal(65UL, await channel.AppendBatchAsync(Batch(65, 1000), Written, Token));
        AssertEvents(await ReadAllAsync(channel, 0), 0, 1065);
        DatafortsException tooMany = await Assert.ThrowsAsync<DatafortsException>(async () =>
            await channel.AppendBatchAsync(new EventData[ChannelLimits.MaxBatchEvents + 1], Written, Token));
        DatafortsException tooLong = await Assert.ThrowsAsync<DatafortsException>(async () =>
            await channel.AppendBatchAsync(new EventData[] { Payload(0), new byte[ChannelLimits.MaxEventBytes + 1] }, Written, Token));
        Assert.All([tooMany, tooLong], error => Assert.Equal(ErrorKind.LimitExceeded, error.Kind));
        Assert.Equal(1065UL, (await channel.GetInfoAsync(Token)).Next);
        Assert.Equal(1065UL, await channel.AppendAsync(new byte[ChannelLimits.MaxEventBytes], Written, Token));
    }

    [Fact]
    public async Task What_expects_another_number_appends_nothing_and_says_both()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.AppendBatchAsync(Batch(0, 5), Written with { ExpectedNext = 0 }, Token);
        SequenceMismatchException one = await Assert.ThrowsAsync<SequenceMismatchException>(async () =>
            await channel.AppendAsync(Payload(5), Written with { ExpectedNext = 4 }, Token));
        SequenceMismatchException batch = await Assert.ThrowsAsync<SequenceMismatchException>(async () =>
            await channel.AppendBatchAsync(Batch(5, 9), Written with { ExpectedNext = 6 }, Token));
        Assert.Equal((4UL, 5UL, 6UL, 5UL), (one.Expected, one.Actual, batch.Expected, batch.Actual));
        Assert.Equal(5UL, await channel.AppendAsync(Payload(5), Written with { ExpectedNext = 5 }, Token));
        AssertEvents(await ReadAllAsync(channel, 0), 0, 6);
    }

    [Fact]
    public async Task Of_many_who_expect_one_number_one_gets_it()
    {
        IEventChannel channel = await ChannelAsync();
        for (ulong round = 0; round < 50; round++)
        {
            bool[] won = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                try
                {
                    return await channel.AppendAsync(Payload(round), Written with { ExpectedNext = round }, Token) == round;
                }
                catch (SequenceMismatchException)
                {
                    return false;
                }
            })));
            Assert.Single(won, true);
        }
        AssertEvents(await ReadAllAsync(channel, 0), 0, 50);
    }

    [Fact]
    public async Task A_range_is_bounded_in_bytes_and_has_at_least_one_event()
    {
        IEventChannel channel = await ChannelAsync();
        foreach (int length in (int[])[100, 100, 5000, 100]) await channel.AppendAsync(new byte[length], Written, Token);
        Assert.Equal(2, (await channel.ReadRangeAsync(0, maxBytes: 250, cancellationToken: Token)).Events.Count);
        EventRange one = await channel.ReadRangeAsync(2, maxBytes: 1, cancellationToken: Token);
        Assert.Equal((1, 5000, 3UL), (one.Events.Count, one.Events[0].Payload.Length, one.Next));
        Assert.Equal([1UL, 2UL], (await channel.ReadRangeAsync(1, 3, 100_000, Token)).Events.Select(e => e.Sequence));
        Assert.Empty((await channel.ReadRangeAsync(2, 2, 100_000, Token)).Events);
        EventRange behind = await channel.ReadRangeAsync(9, cancellationToken: Token);
        Assert.Equal((0, 9UL, GapReason.None), (behind.Events.Count, behind.Next, behind.Gap));
    }

    [Fact]
    public async Task Retention_by_count_bytes_and_age_drops_the_oldest_and_never_gives_a_number_again()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.AppendBatchAsync(Enumerable.Repeat<EventData>(new byte[10], 100).ToArray(), Written, Token);
        await channel.SetRetentionAsync(new EventRetention { MaxCount = 40 }, Token);
        Assert.Equal((60UL, 100UL), Bounds(await channel.GetInfoAsync(Token)));
        await channel.SetRetentionAsync(new EventRetention { MaxBytes = 5 * (10 + EventLimits.EventOverheadBytes) }, Token);
        Assert.Equal((95UL, 100UL), Bounds(await channel.GetInfoAsync(Token)));
        await channel.SetRetentionAsync(new EventRetention { MaxAge = TimeSpan.FromMinutes(1) }, Token);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(100UL, await channel.AppendAsync(new byte[10], Written, Token));
        Assert.Equal((100UL, 101UL), Bounds(await channel.GetInfoAsync(Token)));
        EventRange dropped = await channel.ReadRangeAsync(3, cancellationToken: Token);
        Assert.Equal((0, 100UL, GapReason.Dropped), (dropped.Events.Count, dropped.Next, dropped.Gap));
        Assert.Equal((5UL, GapReason.Dropped), await Told(3, 5));
        Assert.Null(await channel.ReadAsync(99, Token));
        Assert.Equal(101UL, await channel.TrimAsync(ulong.MaxValue, Token));
        Assert.Equal((101UL, 101UL), Bounds(await channel.GetInfoAsync(Token)));
        Assert.Equal(101UL, await channel.AppendAsync(new byte[10], Written, Token));

        async Task<(ulong, GapReason)> Told(ulong from, ulong end)
        {
            EventRange range = await channel.ReadRangeAsync(from, end, cancellationToken: Token);
            return (range.Next, range.Gap);
        }
    }

    [Fact]
    public async Task Empty_events_count_where_bytes_do()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.SetRetentionAsync(new EventRetention { MaxBytes = 10 * EventLimits.EventOverheadBytes }, Token);
        await channel.AppendBatchAsync(Enumerable.Repeat<EventData>(Array.Empty<byte>(), 100).ToArray(), Written, Token);
        Assert.Equal((90UL, 100UL), Bounds(await channel.GetInfoAsync(Token)));
        await channel.AppendAsync(Array.Empty<byte>(), Written, Token);
        Assert.Equal((91UL, 101UL), Bounds(await channel.GetInfoAsync(Token)));
    }

    [Fact]
    public async Task Payloads_are_taken_when_the_append_returns_and_what_is_read_stays()
    {
        IEventChannel channel = await ChannelAsync();
        byte[] payload = [1, 2, 3];
        await channel.AppendAsync(payload, Written, Token);
        ChannelEvent read = (await channel.ReadAsync(0, Token))!.Value;
        payload[0] = 9;
        for (int i = 0; i < 100; i++) await channel.AppendAsync(new byte[500], Written, Token);
        await channel.TrimAsync(50, Token);
        _ = await ReadAllAsync(channel, 50);
        Assert.Equal([1, 2, 3], read.Payload.ToArray());
    }

    [Fact]
    public async Task Channels_keep_out_of_each_others_way_and_are_listed_in_order()
    {
        EventChannels channels = await OpenAsync();
        foreach (string name in (string[])["b/x", "a", "b", "bc"])
        {
            IEventChannel channel = await channels.OpenAsync(ChannelName.Parse(name), cancellationToken: Token);
            Assert.Same(channel, await channels.OpenAsync(ChannelName.Parse(name), cancellationToken: Token));
            Assert.Equal(0UL, await channel.AppendAsync(Encoding.UTF8.GetBytes(name), Written, Token));
        }
        Assert.Equal(["a", "b", "b/x", "bc"], (await channels.ListAsync(cancellationToken: Token)).Select(name => name.Value));
        Assert.Equal(["b", "b/x"], (await channels.ListAsync(ChannelName.Parse("b"), Token)).Select(name => name.Value));
        Assert.Null(await channels.FindAsync(ChannelName.Parse("c"), Token));
        Assert.Equal("bc", TextOf((await (await channels.FindAsync(ChannelName.Parse("bc"), Token))!.ReadAsync(0, Token))!.Value));
    }

    [Fact]
    public async Task Called_off_appends_append_nothing_and_a_closed_channel_takes_none()
    {
        EventChannels channels = await OpenAsync();
        IEventChannel channel = await channels.OpenAsync(Name, cancellationToken: Token);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.AppendAsync(Payload(0), Written, cancelled.Token));
        Assert.Equal(0UL, (await channel.GetInfoAsync(Token)).Next);
        await channels.DisposeAsync();
        await channels.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await channel.AppendAsync(Payload(0), Written, Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await channels.OpenAsync(Name, cancellationToken: Token));
    }

    [Fact]
    public async Task A_result_is_taken_once()
    {
        IEventChannel channel = await ChannelAsync();
        ValueTask<ulong>[] appends = [.. Enumerable.Range(0, 20).Select(i => channel.AppendAsync(Payload((ulong)i), Written, Token))];
        for (ulong i = 0; i < 20; i++) Assert.Equal(i, await appends[i]);
        if (Strongest != Durability.Volatile) await Assert.ThrowsAsync<InvalidOperationException>(async () => await appends[3]);
    }

    protected async Task<IEventChannel> ChannelAsync(CreditOptions? credit = null) =>
        await (await OpenAsync(credit)).OpenAsync(Name, cancellationToken: Token);

    protected static EventData Payload(ulong number) => Encoding.UTF8.GetBytes(Text(number));

    protected static ReadOnlyMemory<EventData> Batch(ulong from, int count) => Enumerable.Range(0, count).Select(i => Payload(from + (ulong)i)).ToArray();

    protected static string TextOf(in ChannelEvent one) => Encoding.UTF8.GetString(one.Payload.Span);

    protected static void AssertEvents(IReadOnlyList<ChannelEvent> events, ulong from, ulong end)
    {
        Assert.Equal((int)(end - from), events.Count);
        for (int i = 0; i < events.Count; i++) Assert.Equal((from + (ulong)i, Text(from + (ulong)i)), (events[i].Sequence, TextOf(events[i])));
    }

    protected static async Task<IReadOnlyList<ChannelEvent>> ReadAllAsync(IEventChannel channel, ulong from)
    {
        var events = new List<ChannelEvent>();
        while (true)
        {
            EventRange range = await channel.ReadRangeAsync(from, cancellationToken: Token);
            Assert.Equal(GapReason.None, range.Gap);
            if (range.Events.Count == 0) return events;
            events.AddRange(range.Events);
            from = range.Next;
        }
    }

    private static (ulong First, ulong Next) Bounds(ChannelInfo info) => (info.First, info.Next);

    private static string Text(ulong number) => $"event {number}{new string('.', (int)(number % 40))}";
}
