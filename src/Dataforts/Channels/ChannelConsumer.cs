namespace Dataforts.Channels;

/// <summary>Takes a channel in, event by event, with a handler, and keeps a position that write tokens can be awaited at.</summary>
public sealed class ChannelConsumer
{
    private readonly IEventChannel _channel;
    private readonly TailOptions _options;
    private int _isRunning;

    /// <summary>Makes one.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="from">The first event to take in.</param>
    /// <param name="options">How to tail it.</param>
    /// <param name="time">The clock of waits for tokens; null for the system's.</param>
    public ChannelConsumer(IEventChannel channel, ulong from = 0, TailOptions? options = null, TimeProvider? time = null)
    {
        Position = new ConsumerPosition(channel, from, time: time);
        (_channel, _options) = (channel, options ?? new TailOptions());
    }

    /// <summary>How far it has come.</summary>
    public ConsumerPosition Position { get; }

    /// <summary>Takes events in until it is called off, the channel is closed, or, with <see cref="TailOptions.EndsAtEnd"/>, the end is
    /// reached. Once.</summary>
    /// <param name="handler">Takes one event in. What it throws, other than because it is called off, makes the event a skipped one, and the next
    /// follows.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <exception cref="DatafortsException">Io: the channel cannot be read now.</exception>
    public async Task RunAsync(Func<ChannelEvent, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (Interlocked.Exchange(ref _isRunning, 1) != 0) throw new InvalidOperationException("a consumer runs once");
        try
        {
            IAsyncEnumerable<TailItem> items = _channel.TailAsync(Position.Next, _options, cancellationToken);
            await foreach (TailItem item in items.ConfigureAwait(false))
            {
                if (item.IsGap) Position.Skip(item.From, item.GapEnd, $"the events are not there: {item.Gap}");
                else await TakeInAsync(item.Event, handler, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Position.Stop();
        }
    }

    private async ValueTask TakeInAsync(ChannelEvent one, Func<ChannelEvent, CancellationToken, ValueTask> handler, CancellationToken cancellationToken)
    {
        try
        {
            await handler(one, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // On record: one bad event must not keep all that follow from whoever waits for them.
            Position.Skip(one.Sequence, one.Sequence + 1, error.Message);
            return;
        }
        Position.Applied(one.Sequence);
    }
}
