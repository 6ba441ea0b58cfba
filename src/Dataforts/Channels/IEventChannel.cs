using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>A named, ordered log of events. Numbers begin at 0, rise by one, and are never used again.</summary>
/// <remarks>
/// <para>Thread-safe. Whoever awaits each append before the next has them in that order; so has one thread that does not await. A payload is the
/// channel's to read until the append has returned its number.</para>
/// <para>Readers see an event once it is written, so none that the death of the process could take back.</para>
/// <para>The number of a <see cref="Durability.Volatile"/> event may be told before the event is written. Where the write then fails, the number is
/// passed over, and readers are told of a gap; where the process dies first, later events have another epoch. So (epoch, number) names one event or
/// none, for good.</para>
/// </remarks>
public interface IEventChannel
{
    /// <summary>Its name.</summary>
    ChannelName Name { get; }

    /// <summary>Appends an event. Returns when the durability asked for is reached. While the channel has as much under way as it may, it waits.</summary>
    /// <returns>The event's number. To be awaited once, or not at all.</returns>
    /// <exception cref="SequenceMismatchException"><see cref="AppendOptions.ExpectedNext"/> does not hold.</exception>
    /// <exception cref="DatafortsException">LimitExceeded: the payload is too long, or too many appends wait. NoSpace, ReadOnly, WriterFailed, Io: it was
    /// not written, or, asked for as durable, is written and may not survive a loss of power. Unsupported: the channel cannot reach the durability.
    /// ChannelInUse: somebody else in this process appends to it.</exception>
    /// <exception cref="OperationCanceledException">Called off before it was under way; nothing is appended.</exception>
    ValueTask<ulong> AppendAsync(EventData data, AppendOptions options = default, CancellationToken cancellationToken = default);

    /// <summary>Appends events with numbers that follow each other, all or none. As for one.</summary>
    /// <param name="events">At most <see cref="ChannelLimits.MaxBatchEvents"/> of <see cref="ChannelLimits.MaxBatchBytes"/> together.</param>
    /// <param name="options">As for one.</param>
    /// <param name="cancellationToken">As for one.</param>
    /// <returns>The number of the first; of an empty batch, the one that the next event would get.</returns>
    /// <inheritdoc cref="AppendAsync"/>
    ValueTask<ulong> AppendBatchAsync(ReadOnlyMemory<EventData> events, AppendOptions options = default, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="AppendAsync"/>, but instead of waiting until there is room it says no.</summary>
    /// <returns>Whether the append is under way.</returns>
    bool TryAppend(EventData data, AppendOptions options, out ValueTask<ulong> appended);

    /// <summary>One event; null when it is not retained, or not there yet.</summary>
    ValueTask<ChannelEvent?> ReadAsync(ulong sequence, CancellationToken cancellationToken = default);

    /// <summary>Events from a number on and before another, at most so many payload bytes of them, but at least one where there is one.</summary>
    /// <exception cref="DatafortsException">Io: they cannot be read now.</exception>
    ValueTask<EventRange> ReadRangeAsync(
        ulong from, ulong end = ulong.MaxValue, int maxBytes = ChannelLimits.TailPageBytes, CancellationToken cancellationToken = default);

    /// <summary>Every event from a number on: those that are there, then each as it is written, without a gap that is not told and without a repetition.
    /// Ends when the channel is closed.</summary>
    /// <param name="from">Where to begin; null for what is written from now on.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<TailItem> TailAsync(ulong? from = 0, TailOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>The channel as it is now.</summary>
    ValueTask<ChannelInfo> GetInfoAsync(CancellationToken cancellationToken = default);

    /// <summary>Drops the events before a number.</summary>
    /// <returns>The first that is retained.</returns>
    ValueTask<ulong> TrimAsync(ulong upTo, CancellationToken cancellationToken = default);

    /// <summary>Sets how much stays, and drops the rest.</summary>
    ValueTask SetRetentionAsync(EventRetention retention, CancellationToken cancellationToken = default);

    /// <summary>What to hand on so that somebody waits until an event is taken in (<see cref="ConsumerPosition"/>).</summary>
    WriteToken TokenOf(ulong sequence);
}
