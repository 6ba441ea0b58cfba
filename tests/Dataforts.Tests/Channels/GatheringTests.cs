using Dataforts.Channels;

namespace Dataforts.Tests.Channels;

/// <summary>What happens to appends while the log is slow, or fails.</summary>
public sealed class GatheringTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HeldLog _log = new();

    public void Dispose() => _log.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_while_a_write_is_under_way_goes_into_one_record()
    {
        EmbeddedChannel channel = Open();
        _log.Hold();
        Task<ulong> first = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 1);
        Task<ulong>[] more = [.. Enumerable.Range(0, 200).Select(_ => channel.AppendAsync(new byte[1]).AsTask())];
        Assert.Equal(0UL, _log.Next);
        _log.LetGo();
        Assert.Equal(0UL, await first.WaitAsync(Patience, Token));
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), await Task.WhenAll(more).WaitAsync(Patience, Token));
        Assert.Equal(2, _log.Writes);
        // And then the short way again.
        await channel.AppendAsync(new byte[1], cancellationToken: Token);
        Assert.Equal(3, _log.Writes);
    }

    [Fact]
    public async Task A_caller_that_does_not_wait_for_each_is_gathered()
    {
        EmbeddedChannel channel = Open();
        ValueTask<ulong>[] appends = [.. Enumerable.Range(0, 10_000).Select(_ => channel.AppendAsync(new byte[8]))];
        for (ulong i = 0; i < 10_000; i++) Assert.Equal(i, await appends[i]);
        Assert.InRange(_log.Writes, 1, 5000);
    }

    [Fact]
    public async Task Without_credit_appends_wait_in_order_or_are_told_no()
    {
        EmbeddedChannel channel = Open(new CreditOptions { ChannelBytes = 100, MaxWaiting = 3 });
        _log.Hold();
        Task<ulong> writing = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 1);
        Task<ulong> gathered = channel.AppendAsync(new byte[90]).AsTask();
        Assert.False(channel.TryAppend(new byte[20], default, out _));
        using var calledOff = new CancellationTokenSource();
        Task<ulong> second = channel.AppendAsync(new byte[20]).AsTask();
        Task<ulong> third = channel.AppendAsync(new byte[1], cancellationToken: calledOff.Token).AsTask();
        Task<ulong> fourth = channel.AppendBatchAsync(new EventData[] { new byte[50], new byte[60] }).AsTask();
        DatafortsException full = await Assert.ThrowsAsync<DatafortsException>(async () => await channel.AppendAsync(new byte[1]));
        Assert.Equal(ErrorKind.LimitExceeded, full.Kind);
        await calledOff.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third.WaitAsync(Patience, Token));
        Assert.False(second.IsCompleted || fourth.IsCompleted || gathered.IsCompleted);
        _log.LetGo();
        ulong[] numbers = await Task.WhenAll(writing, gathered, second, fourth).WaitAsync(Patience, Token);
        Assert.Equal([0UL, 1UL, 2UL, 3UL], numbers);
        Assert.Equal(5UL, _log.Next);
        Assert.Equal(5UL, await channel.AppendAsync(new byte[100_000], cancellationToken: Token));
    }

    [Fact]
    public async Task Who_waits_for_credit_is_asked_for_its_number_when_its_turn_comes()
    {
        EmbeddedChannel channel = Open(new CreditOptions { ChannelEvents = 1 });
        _log.Hold();
        Task<ulong> writing = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 1);
        Task<ulong> gathered = channel.AppendAsync(new byte[1]).AsTask();
        Task<ulong> wrong = channel.AppendAsync(new byte[1], new AppendOptions { ExpectedNext = 1 }).AsTask();
        Task<ulong> wrongToo = channel.AppendAsync(new byte[1], new AppendOptions { ExpectedNext = 3 }).AsTask();
        Task<ulong> right = channel.AppendAsync(new byte[1], new AppendOptions { ExpectedNext = 2 }).AsTask();
        _log.LetGo();
        await Task.WhenAll(writing, gathered).WaitAsync(Patience, Token);
        Assert.Equal(2UL, (await Assert.ThrowsAsync<SequenceMismatchException>(() => wrong.WaitAsync(Patience, Token))).Actual);
        Assert.Equal(2UL, (await Assert.ThrowsAsync<SequenceMismatchException>(() => wrongToo.WaitAsync(Patience, Token))).Actual);
        Assert.Equal(2UL, await right.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_failed_write_fails_all_that_was_gathered_and_numbers_that_nobody_was_told_are_given_to_others()
    {
        EmbeddedChannel channel = Open();
        Assert.Equal(0UL, await channel.AppendAsync(new byte[1], cancellationToken: Token));
        _log.Hold();
        Task<ulong> first = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 2);
        Task<ulong> second = channel.AppendAsync(new byte[1]).AsTask();
        _log.Failure = new DatafortsException(ErrorKind.NoSpace, "full");
        _log.LetGo();
        foreach (Task<ulong> failed in (Task<ulong>[])[first, second])
            Assert.Equal(ErrorKind.NoSpace, (await Assert.ThrowsAsync<DatafortsException>(() => failed.WaitAsync(Patience, Token))).Kind);
        _log.Failure = null;
        Assert.Equal(1UL, await channel.AppendAsync(new byte[1], cancellationToken: Token));
        Assert.Equal(2UL, _log.Next);
    }

    [Fact]
    public async Task Who_waits_for_credit_has_its_turn_after_a_write_that_failed()
    {
        EmbeddedChannel channel = Open(new CreditOptions { ChannelBytes = 100, MaxWaiting = 3 });
        _log.Hold();
        Task<ulong> first = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 1);
        Task<ulong> gathered = channel.AppendAsync(new byte[90]).AsTask();
        Task<ulong> waiting = channel.AppendAsync(new byte[20]).AsTask();
        _log.Failure = new DatafortsException(ErrorKind.NoSpace, "full");
        _log.LetGo();
        foreach (Task<ulong> failed in (Task<ulong>[])[first, gathered, waiting])
            Assert.Equal(ErrorKind.NoSpace, (await Assert.ThrowsAsync<DatafortsException>(() => failed.WaitAsync(Patience, Token))).Kind);
        _log.Failure = null;
        Assert.Equal(0UL, await channel.AppendAsync(new byte[1], cancellationToken: Token).AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Durable_appends_return_behind_the_flush_and_fail_with_it_and_others_do_not_wait_for_it()
    {
        EmbeddedChannel channel = Open();
        _log.Flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AppendOptions durable = AppendOptions.With(Durability.Durable);
        Task<ulong> inline = channel.AppendAsync(new byte[1], durable).AsTask();
        _log.Hold();
        Task<ulong> writing = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 2);
        Task<ulong> gathered = channel.AppendAsync(new byte[1], durable).AsTask();
        Task<ulong> buffered = channel.AppendAsync(new byte[1]).AsTask();
        Assert.Equal(4UL, await channel.AppendAsync(new byte[1], AppendOptions.With(Durability.Volatile), Token));
        _log.LetGo();
        ulong[] numbers = await Task.WhenAll(writing, buffered).WaitAsync(Patience, Token);
        Assert.Equal([1UL, 3UL], numbers);
        Assert.False(inline.IsCompleted || gathered.IsCompleted);
        _log.Flush.SetException(new DatafortsException(ErrorKind.Io, "no"));
        await Assert.ThrowsAsync<DatafortsException>(() => inline.WaitAsync(Patience, Token));
        await Assert.ThrowsAsync<DatafortsException>(() => gathered.WaitAsync(Patience, Token));
        Assert.Equal(5UL, _log.Next);
    }

    [Fact]
    public async Task Numbers_that_were_told_ahead_and_not_written_are_given_to_nobody()
    {
        EmbeddedChannel channel = Open();
        AppendOptions ahead = AppendOptions.With(Durability.Volatile);
        Assert.Equal(0UL, await channel.AppendAsync(new byte[1], cancellationToken: Token));
        _log.Hold();
        Assert.Equal(1UL, await channel.AppendAsync(new byte[1], ahead, Token));
        await UntilAsync(() => _log.Writes == 2);
        Assert.Equal(2UL, await channel.AppendAsync(new byte[1], ahead, Token));
        Task<ulong> buffered = channel.AppendAsync(new byte[1]).AsTask();
        _log.Failure = new DatafortsException(ErrorKind.NoSpace, "full");
        _log.LetGo();
        await Assert.ThrowsAsync<DatafortsException>(() => buffered.WaitAsync(Patience, Token));
        _log.Failure = null;
        Assert.Equal(3UL, await channel.AppendAsync(new byte[1], cancellationToken: Token).AsTask().WaitAsync(Patience, Token));
        Assert.Equal(4UL, _log.Next);
        var items = new List<TailItem>();
        await foreach (TailItem item in channel.TailAsync(0, new TailOptions { EndsAtEnd = true }, Token)) items.Add(item);
        Assert.Equal([(0UL, GapReason.None), (1UL, GapReason.Damaged), (3UL, GapReason.None)], items.Select(item => (item.From, item.Gap)));
        Assert.Equal(3UL, items[1].GapEnd);
        await channel.TrimAsync(4, Token);
        Assert.Equal((0L, 4UL), (_log.Bytes, await channel.AppendAsync(new byte[1], cancellationToken: Token)));
    }

    [Fact]
    public async Task Durable_appends_that_come_while_a_flush_runs_are_one_record_under_one_flush()
    {
        EmbeddedChannel channel = Open();
        AppendOptions durable = AppendOptions.With(Durability.Durable);
        TaskCompletionSource running = _log.Flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ulong> first = channel.AppendAsync(new byte[1], durable).AsTask();
        Task<ulong>[] more = [.. Enumerable.Range(0, 200).Select(_ => channel.AppendAsync(new byte[1], durable).AsTask())];
        // Time enough for whoever would write them now.
        await Task.Delay(50, Token);
        Assert.Equal((1, 1), (_log.Writes, _log.Flushes));
        _log.Flush = null;
        running.SetResult();
        Assert.Equal(0UL, await first.WaitAsync(Patience, Token));
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), await Task.WhenAll(more).WaitAsync(Patience, Token));
        Assert.Equal((2, 2), (_log.Writes, _log.Flushes));
        // And then the short way again, once those that were let go had their chance to come back.
        Assert.Equal(201UL, await channel.AppendAsync(new byte[1], durable, Token).AsTask().WaitAsync(Patience, Token));
        Assert.Equal((3, 3), (_log.Writes, _log.Flushes));
    }

    [Fact]
    public async Task Many_durable_writers_come_through_one_by_one_and_together()
    {
        EmbeddedChannel channel = Open();
        AppendOptions durable = AppendOptions.With(Durability.Durable);
        ulong[][] numbers = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            var mine = new ulong[200];
            for (int i = 0; i < mine.Length; i++)
            {
                mine[i] = await channel.AppendAsync(new byte[1], i % 7 == writer % 7 ? default : durable, Token);
                if (i % 31 == writer) await Task.Delay(1, Token);
            }
            return mine;
        }, Token))).WaitAsync(Patience, Token);
        Assert.Equal(Enumerable.Range(0, 3200).Select(i => (ulong)i), numbers.SelectMany(mine => mine).Order());
    }

    [Fact]
    public async Task Durable_appends_have_their_credit_until_they_are_flushed()
    {
        EmbeddedChannel channel = Open(new CreditOptions { ChannelBytes = 100 });
        AppendOptions durable = AppendOptions.With(Durability.Durable);
        TaskCompletionSource running = _log.Flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ulong> first = channel.AppendAsync(new byte[1], durable).AsTask();
        Task<ulong> second = channel.AppendAsync(new byte[90], durable).AsTask();
        // It does not wait, and takes the one before it along.
        Assert.Equal(2UL, await channel.AppendAsync(new byte[1], AppendOptions.With(Durability.Volatile), Token));
        await UntilAsync(() => _log.Flushes == 2);
        Assert.False(channel.TryAppend(new byte[20], durable, out _));
        Task<ulong> waiting = channel.AppendAsync(new byte[20], durable).AsTask();
        await Task.Delay(20, Token);
        Assert.Equal(3UL, _log.Next);
        running.SetResult();
        ulong[] numbers = await Task.WhenAll(first, second, waiting).WaitAsync(Patience, Token);
        Assert.Equal([0UL, 1UL, 3UL], numbers);
    }

    [Fact]
    public async Task A_record_whose_numbers_somebody_else_has_taken_fails()
    {
        EmbeddedChannel channel = Open();
        _log.Hold();
        Task<ulong> writing = Task.Run(() => channel.AppendAsync(new byte[1]).AsTask(), Token);
        await UntilAsync(() => _log.Writes == 1);
        Task<ulong> gathered = channel.AppendAsync(new byte[1]).AsTask();
        _log.AppendAside();
        _log.LetGo();
        Assert.Equal(1UL, (await Assert.ThrowsAsync<SequenceMismatchException>(() => writing.WaitAsync(Patience, Token))).Actual);
        await Assert.ThrowsAsync<SequenceMismatchException>(() => gathered.WaitAsync(Patience, Token));
        Assert.Equal(1UL, _log.Next);
        Task<ulong>[] more = [.. Enumerable.Range(0, 3).Select(_ => channel.AppendAsync(new byte[1]).AsTask())];
        ulong[] numbers = await Task.WhenAll(more).WaitAsync(Patience, Token);
        Assert.Equal([1UL, 2UL, 3UL], numbers);
    }

    [Fact]
    public async Task Closing_writes_what_has_gathered()
    {
        EmbeddedChannel channel = Open();
        _log.Hold();
        for (int i = 0; i < 100; i++) await channel.AppendAsync(new byte[1], AppendOptions.With(Durability.Volatile), Token);
        Task closing = channel.CloseAsync();
        Assert.False(closing.IsCompleted);
        _log.LetGo();
        await closing.WaitAsync(Patience, Token);
        Assert.Equal(100UL, _log.Next);
    }

    private EmbeddedChannel Open(CreditOptions? credit = null) =>
        new(ChannelName.Parse("a"), _log, new SharedCredit(credit ?? new CreditOptions()), TimeProvider.System);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo()) await Task.Delay(1, Token);
    }
}
