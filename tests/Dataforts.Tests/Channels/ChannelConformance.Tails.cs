using System.Collections.Concurrent;
using Dataforts.Channels;
using Dataforts.Store.Events;

namespace Dataforts.Tests.Channels;

public abstract partial class ChannelConformance
{
    [Fact]
    public async Task A_tail_goes_through_the_backlog_and_then_lives_without_gap_or_repetition()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.AppendBatchAsync(Batch(0, 5000), Written, Token);
        Task<List<TailItem>> fromTheStart = CollectAsync(channel, 0, 6000), fromTheMiddle = CollectAsync(channel, 4321, 6000);
        for (ulong i = 5000; i < 6000; i++) await channel.AppendAsync(Payload(i), Written, Token);
        AssertEvents([.. (await fromTheStart.WaitAsync(Patience, Token)).Select(item => item.Event)], 0, 6000);
        AssertEvents([.. (await fromTheMiddle.WaitAsync(Patience, Token)).Select(item => item.Event)], 4321, 6000);
    }

    [Fact]
    public async Task A_tail_of_what_is_to_come_begins_when_it_is_asked_for()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.AppendBatchAsync(Batch(0, 10), Written, Token);
        IAsyncEnumerable<TailItem> live = channel.TailAsync(null, cancellationToken: Token);
        await channel.AppendAsync(Payload(10), Written, Token);
        Assert.Equal(10UL, (await live.FirstAsync(Token)).Event.Sequence);
        Assert.Equal(3, await channel.TailAsync(8, new TailOptions { EndsAtEnd = true }, Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_sleeping_tail_is_woken_by_each_of_many_appends()
    {
        IEventChannel channel = await ChannelAsync();
        await using IAsyncEnumerator<TailItem> tail = channel.TailAsync(0, cancellationToken: Token).GetAsyncEnumerator(Token);
        for (ulong i = 0; i < 200; i++)
        {
            Task<bool> next = tail.MoveNextAsync().AsTask();
            if (i % 10 == 0) await Task.Delay(2, Token);
            await channel.AppendAsync(Payload(i), Written, Token);
            Assert.True(await next.WaitAsync(Patience, Token));
            Assert.Equal(i, tail.Current.Event.Sequence);
        }
        Assert.Equal(1, (await channel.GetInfoAsync(Token)).Subscribers);
    }

    [Fact]
    public async Task What_retention_took_from_a_slow_tail_is_told_as_a_gap_and_the_tail_goes_on()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.AppendBatchAsync(Batch(0, 10), Written, Token);
        await using IAsyncEnumerator<TailItem> tail = channel.TailAsync(0, cancellationToken: Token).GetAsyncEnumerator(Token);
        for (ulong i = 0; i < 10; i++)
        {
            Assert.True(await tail.MoveNextAsync());
            Assert.Equal(i, tail.Current.Event.Sequence);
        }
        await channel.AppendBatchAsync(Batch(10, 90), Written, Token);
        await channel.TrimAsync(60, Token);
        Assert.True(await tail.MoveNextAsync());
        Assert.Equal((true, 10UL, 60UL, GapReason.Dropped), (tail.Current.IsGap, tail.Current.From, tail.Current.GapEnd, tail.Current.Gap));
        Assert.True(await tail.MoveNextAsync());
        Assert.Equal((false, 60UL), (tail.Current.IsGap, tail.Current.From));
        TailItem fromZero = await channel.TailAsync(0, cancellationToken: Token).FirstAsync(Token);
        Assert.Equal((0UL, 60UL), (fromZero.From, fromZero.GapEnd));
    }

    [Fact]
    public async Task A_tail_that_may_not_lag_is_taken_forward_and_told_of_the_gap()
    {
        IEventChannel channel = await ChannelAsync();
        await channel.AppendBatchAsync(Batch(0, 1000), Written, Token);
        var options = new TailOptions { MaxLagEvents = 100, EndsAtEnd = true };
        TailItem[] items = await channel.TailAsync(0, options, Token).ToArrayAsync(Token);
        Assert.Equal((0UL, 950UL, GapReason.Skipped), (items[0].From, items[0].GapEnd, items[0].Gap));
        AssertEvents([.. items[1..].Select(item => item.Event)], 950, 1000);
    }

    [Fact]
    public async Task A_tail_ends_when_it_is_called_off_and_when_the_channels_are_closed()
    {
        EventChannels channels = await OpenAsync();
        IEventChannel channel = await channels.OpenAsync(Name, cancellationToken: Token);
        await channel.AppendAsync(Payload(0), Written, Token);
        using var stop = new CancellationTokenSource();
        Task<List<TailItem>> calledOff = CollectAsync(channel, 0, 5, stop.Token), closed = CollectAsync(channel, 0, 5);
        await Task.Delay(20, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calledOff.WaitAsync(Patience, Token));
        await channels.DisposeAsync();
        Assert.Single(await closed.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Writers_tails_and_retention_account_for_every_event()
    {
        const int Writers = 4, Each = 5000;
        IEventChannel channel = await ChannelAsync();
        await channel.SetRetentionAsync(new EventRetention { MaxCount = 300 }, Token);
        var written = new ConcurrentDictionary<ulong, (int Writer, int Number)>();
        Task[] tails = [.. Enumerable.Range(0, 3).Select(i => Task.Run(() => AccountAsync(channel, Writers * Each, slow: i == 2, written), Token))];
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(channel, writer, Each, written), Token)));
        await Task.WhenAll(tails).WaitAsync(Patience, Token);
        Assert.Equal(Writers * Each, written.Count);
        foreach (IGrouping<int, KeyValuePair<ulong, (int Writer, int Number)>> one in written.GroupBy(pair => pair.Value.Writer))
            Assert.Equal(Enumerable.Range(0, Each), one.OrderBy(pair => pair.Key).Select(pair => pair.Value.Number));
    }

    // Half of them wait for each append, half have many under way and some of those in batches.
    private async Task WriteAsync(IEventChannel channel, int writer, int count, ConcurrentDictionary<ulong, (int, int)> written)
    {
        var pending = new Queue<(int Number, int Count, ValueTask<ulong> Append)>();
        for (int i = 0; i < count;)
        {
            int size = writer % 2 == 1 && i % 5 == 0 ? Math.Min(3, count - i) : 1;
            EventData[] events = [.. Enumerable.Range(i, size).Select(number => (EventData)BitConverter.GetBytes(((long)writer << 32) | (uint)number))];
            if (size == 1) Enqueue(i, size, channel.AppendAsync(events[0], Written, Token));
            else Enqueue(i, size, channel.AppendBatchAsync(events, Written, Token));
            i += size;
            while (pending.Count > (writer % 2 == 0 || i >= count ? 0 : 100)) await TakeAsync(pending.Dequeue());
        }

        void Enqueue(int number, int size, ValueTask<ulong> append) => pending.Enqueue((number, size, append));

        async Task TakeAsync((int Number, int Count, ValueTask<ulong> Append) one)
        {
            ulong first = await one.Append;
            for (int i = 0; i < one.Count; i++) Assert.True(written.TryAdd(first + (ulong)i, (writer, one.Number + i)));
        }
    }

    private static async Task AccountAsync(IEventChannel channel, ulong end, bool slow, ConcurrentDictionary<ulong, (int Writer, int Number)> written)
    {
        var seen = new Dictionary<ulong, long>();
        ulong next = 0;
        await foreach (TailItem item in channel.TailAsync(0, cancellationToken: Token))
        {
            Assert.Equal(next, item.From);
            next = item.IsGap ? item.GapEnd : next + 1;
            if (!item.IsGap) seen.Add(item.From, BitConverter.ToInt64(item.Event.Payload.Span));
            if (slow && next % 64 == 0) await Task.Delay(1, Token);
            if (next >= end) break;
        }
        Assert.Equal(end, next);
        // What was seen is what its writer was told.
        foreach ((ulong number, long payload) in seen)
        {
            if (written.TryGetValue(number, out (int Writer, int Number) by)) Assert.Equal(((long)by.Writer << 32) | (uint)by.Number, payload);
        }
    }

    private static async Task<List<TailItem>> CollectAsync(IEventChannel channel, ulong from, ulong end, CancellationToken cancellationToken = default)
    {
        var items = new List<TailItem>();
        await foreach (TailItem item in channel.TailAsync(from, cancellationToken: cancellationToken))
        {
            items.Add(item);
            if (item.From + 1 >= end) break;
        }
        return items;
    }
}
