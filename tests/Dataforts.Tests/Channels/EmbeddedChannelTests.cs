using Dataforts.Channels;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Channels;

public sealed class EmbeddedChannelTests : ChannelConformance
{
    private readonly ScratchFolder _folder = new();
    private ChunkStore? _store;
    private EventChannels? _channels;

    protected override Durability Strongest => Durability.Durable;

    private static ChannelName Name { get; } = ChannelName.Parse("stored");

    private StoreOptions Options => SampleStore.OptionsOf(_folder["store"]) with { Time = Time };

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Durability.Volatile)]
    [InlineData(Durability.Buffered)]
    [InlineData(Durability.Durable)]
    public async Task Whatever_was_asked_for_is_there_after_an_orderly_close(Durability durability)
    {
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        for (ulong i = 0; i < 300; i++) Assert.Equal(i, await channel.AppendAsync(Payload(i), AppendOptions.With(durability), Token));
        Assert.Equal(300UL, await channel.AppendBatchAsync(Batch(300, 100), AppendOptions.With(durability), Token));
        channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        AssertEvents(await ReadAllAsync(channel, 0), 0, 400);
    }

    [Fact]
    public async Task Numbers_go_on_after_everything_was_dropped_and_the_store_opened_again()
    {
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        await channel.AppendBatchAsync(Batch(0, 10), default, Token);
        await channel.TrimAsync(10, Token);
        channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        Assert.Equal(10UL, await channel.AppendAsync(Payload(10), cancellationToken: Token));
        Assert.Equal(10UL, (await channel.TailAsync(10, cancellationToken: Token).FirstAsync(Token)).From);
    }

    [Fact]
    public async Task Retention_is_kept_with_the_channel()
    {
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, new EventRetention { MaxCount = 5 }, Token);
        await channel.AppendBatchAsync(Batch(0, 50), default, Token);
        channel = await (await OpenAsync()).OpenAsync(Name, new EventRetention { MaxCount = 9 }, Token);
        ChannelInfo info = await channel.GetInfoAsync(Token);
        Assert.Equal((45UL, 50UL, 5L), (info.First, info.Next, info.Retention.MaxCount));
    }

    [Fact]
    public async Task A_reader_beside_the_writer_tails_what_is_appended()
    {
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        await channel.AppendBatchAsync(Batch(0, 100), default, Token);
        await using ChunkStore beside = await SampleStore.OpenAsync(Options with { Writable = false, Time = TimeProvider.System });
        await using var readers = new EventChannels(beside);
        IEventChannel reader = (await readers.FindAsync(Name, Token))!;
        await using IAsyncEnumerator<TailItem> tail =
            reader.TailAsync(0, new TailOptions { PollEvery = TimeSpan.FromMilliseconds(2) }, Token).GetAsyncEnumerator(Token);
        for (ulong i = 0; i < 150; i++)
        {
            if (i >= 100) await channel.AppendAsync(Payload(i), cancellationToken: Token);
            Assert.True(await tail.MoveNextAsync().AsTask().WaitAsync(Patience, Token));
            Assert.Equal(i, tail.Current.From);
        }
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(async () => await reader.AppendAsync(Payload(0), cancellationToken: Token));
        Assert.Equal(ErrorKind.ReadOnly, error.Kind);
        // Nor is a number told that nothing can ever have.
        error = await Assert.ThrowsAsync<DatafortsException>(async () => await reader.AppendAsync(Payload(0), AppendOptions.With(Durability.Volatile), Token));
        Assert.Equal(ErrorKind.ReadOnly, error.Kind);
        error = await Assert.ThrowsAsync<DatafortsException>(async () => await readers.OpenAsync(ChannelName.Parse("none"), cancellationToken: Token));
        Assert.Equal(ErrorKind.ChannelNotFound, error.Kind);
        _ = await channel.AppendAsync(Payload(150), cancellationToken: Token);
        Assert.True(await tail.MoveNextAsync().AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Of_two_sets_for_one_store_one_appends_to_a_channel_and_both_tail_it()
    {
        EventChannels channels = await OpenAsync();
        await using var others = new EventChannels(_store!);
        IEventChannel channel = await channels.OpenAsync(Name, cancellationToken: Token);
        IEventChannel other = await others.OpenAsync(Name, cancellationToken: Token);
        await using IAsyncEnumerator<TailItem> tail = channel.TailAsync(0, cancellationToken: Token).GetAsyncEnumerator(Token);
        await using IAsyncEnumerator<TailItem> otherTail = other.TailAsync(0, cancellationToken: Token).GetAsyncEnumerator(Token);
        for (ulong i = 0; i < 20; i++)
        {
            Task<bool> next = tail.MoveNextAsync().AsTask(), otherNext = otherTail.MoveNextAsync().AsTask();
            // Both are asleep by then, now and then.
            await Task.Delay(i % 3 == 0 ? 20 : 0, Token);
            Assert.Equal(i, await channel.AppendAsync(Payload(i), i % 2 == 0 ? default : AppendOptions.With(Durability.Volatile), Token));
            Assert.True(await next.WaitAsync(Patience, Token) && await otherNext.WaitAsync(Patience, Token));
            Assert.Equal((i, i), (tail.Current.From, otherTail.Current.From));
            DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(async () => await other.AppendAsync(Payload(9), cancellationToken: Token));
            Assert.Equal(ErrorKind.ChannelInUse, error.Kind);
            Assert.Contains("\"stored\"", error.Message, StringComparison.Ordinal);
        }
        // The other channels are anybody's, and this one is when its writer has gone.
        IEventChannel second = await others.OpenAsync(ChannelName.Parse("second"), cancellationToken: Token);
        Assert.Equal(0UL, await second.AppendAsync(Payload(0), cancellationToken: Token));
        await channels.DisposeAsync();
        Assert.Equal(20UL, await other.AppendAsync(Payload(20), cancellationToken: Token));
        Assert.True(await otherTail.MoveNextAsync().AsTask().WaitAsync(Patience, Token));
        AssertEvents(await ReadAllAsync(other, 0), 0, 21);
    }

    [Theory]
    [InlineData(Durability.Volatile, true)]
    [InlineData(Durability.Buffered, false)]
    public async Task Where_numbers_were_told_ahead_a_killed_process_leaves_another_epoch(Durability durability, bool isOther)
    {
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        await channel.AppendAsync(Payload(0), AppendOptions.With(durability), Token);
        WriteToken told = channel.TokenOf(1);
        ScratchFolder.Copy(_folder["store"], _folder["dead"]);
        await using ChunkStore again = await SampleStore.OpenAsync(Options with { Path = _folder["dead"] });
        await using (var channels = new EventChannels(again))
        {
            IEventChannel after = await channels.OpenAsync(Name, cancellationToken: Token);
            Assert.Equal(isOther, after.TokenOf(1) != told);
        }
        // In order it stays as it is, also for the next one.
        channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        Assert.Equal(told, channel.TokenOf(1));
        ScratchFolder.Copy(_folder["store"], _folder["dead too"]);
    }

    [Fact]
    public async Task Numbers_that_are_passed_over_stay_so_when_the_store_is_opened_again()
    {
        _ = await OpenAsync();
        StoredChannel stored = _store!.Events.OpenOrCreate(Name.Value, EventRetention.Everything);
        Assert.True(stored.TryAppend(new byte[3], isRef: false, null, out _));
        stored.SkipTo(10);
        stored.SkipTo(4);
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        Assert.Equal(10UL, await channel.AppendAsync(Payload(10), cancellationToken: Token));
        channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        EventRange range = await channel.ReadRangeAsync(1, cancellationToken: Token);
        Assert.Equal((GapReason.Damaged, 10UL), (range.Gap, range.Next));
        AssertEvents([.. (await channel.ReadRangeAsync(10, cancellationToken: Token)).Events], 10, 11);
        await channel.SetRetentionAsync(new EventRetention { MaxBytes = 1 }, Token);
        Assert.Equal((10UL, 11UL), ((await channel.GetInfoAsync(Token)).First, (await channel.GetInfoAsync(Token)).Next));
    }

    [Fact]
    public async Task Whoever_is_told_that_the_store_runs_full_may_append_and_wait_for_that()
    {
        await CloseAsync();
        _store = await SampleStore.OpenAsync(Options with { CapacityBytes = 4 << 20, ReserveBytes = 0 });
        _channels = new EventChannels(_store);
        IEventChannel channel = await _channels.OpenAsync(Name, cancellationToken: Token);
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.WaterCrossed += condition =>
        {
            using var isDone = new ManualResetEventSlim();
            _ = channel.AppendAsync(new byte[1]).AsTask().ContinueWith(_ => isDone.Set(), TaskScheduler.Default);
            told.TrySetResult(isDone.Wait(Patience));
        };
        byte[] payload = new byte[16 << 10];
        for (int i = 0; i < 300 && !told.Task.IsCompleted; i++)
        {
            // It may be the one for which there is no room any more.
            await Task.WhenAny(channel.AppendAsync(payload, cancellationToken: Token).AsTask());
        }
        Assert.True(await told.Task.WaitAsync(Patience * 2, Token));
    }

    [Fact]
    public async Task Writers_on_many_channels_share_flushes()
    {
        EventChannels channels = await OpenAsync();
        IEventChannel[] all = new IEventChannel[32];
        for (int i = 0; i < all.Length; i++) all[i] = await channels.OpenAsync(ChannelName.Parse($"c/{i}"), cancellationToken: Token);
        await Task.WhenAll(all.Select(channel => Task.Run(async () =>
        {
            for (ulong i = 0; i < 20; i++) Assert.Equal(i, await channel.AppendAsync(Payload(i), AppendOptions.With(Durability.Durable), Token));
        })));
        foreach (IEventChannel channel in all) AssertEvents(await ReadAllAsync(channel, 0), 0, 20);
    }

    [Fact]
    public async Task Awaited_appends_are_written_on_the_callers_thread_and_allocate_nothing()
    {
        IEventChannel channel = await (await OpenAsync()).OpenAsync(Name, cancellationToken: Token);
        ReadOnlyMemory<byte> payload = new byte[32];
        _ = Append(channel, payload, 5000);
        long least = long.MaxValue;
        // The index of the channel grows now and then: so the least of several runs counts.
        for (int run = 0; run < 20; run++) least = Math.Min(least, Append(channel, payload, 100));
        Assert.Equal(0, least);
    }

    private static long Append(IEventChannel channel, ReadOnlyMemory<byte> payload, int count)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            ValueTask<ulong> append = channel.AppendAsync(payload);
            if (!append.IsCompletedSuccessfully) throw new InvalidOperationException("the append changed threads");
            // blocking: it is done; awaiting it would count on another thread what is counted on this one
            _ = append.Result;
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    protected override async ValueTask<EventChannels> OpenAsync(CreditOptions? credit = null)
    {
        await CloseAsync();
        _store = await SampleStore.OpenAsync(Options);
        return _channels = new EventChannels(_store, credit);
    }

    private async ValueTask CloseAsync()
    {
        if (_channels is not null) await _channels.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
    }
}
