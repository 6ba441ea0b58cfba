using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>A channel whose log is in this process: a store's, or one in memory.</summary>
/// <remarks>An idle one holds no buffer and no thread.</remarks>
internal sealed partial class EmbeddedChannel(ChannelName name, IEventLog log, SharedCredit credit, TimeProvider time) : IEventChannel, IAppendWatcher
{
    // Events in memory are written under the gate that they are kept under: that is sooner done than having the writer's part and giving it back.
    private readonly MemoryEventLog? _memory = log as MemoryEventLog;
    private readonly Lock _gate = (log as MemoryEventLog)?.Gate ?? new Lock();
    private volatile bool _isClosed;
    private volatile bool _tellsAhead;
    private bool _isWriter;

    /// <inheritdoc/>
    public ChannelName Name => name;

    /// <inheritdoc/>
    public ValueTask<ChannelEvent?> ReadAsync(ulong sequence, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        Look();
        using var page = new EventPage();
        EventRange range = log.Read(sequence, 1, 1, page);
        return new(range.Events.Count > 0 ? range.Events[0] : null);
    }

    /// <inheritdoc/>
    public ValueTask<EventRange> ReadRangeAsync(
        ulong from, ulong end = ulong.MaxValue, int maxBytes = ChannelLimits.TailPageBytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, from);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBytes, ChannelLimits.MaxReadBytes);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        if (end == from) return new(new EventRange([], from, GapReason.None));
        Look();
        using var page = new EventPage();
        EventRange range = log.Read(from, maxBytes, (int)Math.Min(end - from, ChannelLimits.MaxBatchEvents), page);
        // A gap that goes beyond what was asked for is told as far as that.
        return new(range.Gap != GapReason.None && range.Next > end ? range with { Next = end } : range);
    }

    /// <inheritdoc/>
    public ValueTask<ChannelInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        Look();
        // The end is looked at first, lest retention make more of it than there was.
        ulong next = log.Next;
        return new(new ChannelInfo(name, log.Id, Math.Min(log.First, next), next, log.Bytes, log.Epoch, Volatile.Read(ref _tails), log.Retention));
    }

    /// <inheritdoc/>
    public ValueTask<ulong> TrimAsync(ulong upTo, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        return new(log.Trim(upTo));
    }

    /// <inheritdoc/>
    public ValueTask SetRetentionAsync(EventRetention retention, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retention);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        log.SetRetention(retention);
        return default;
    }

    /// <inheritdoc/>
    public WriteToken TokenOf(ulong sequence) => new(log.Id, log.Epoch, sequence);

    /// <summary>Lets no more appends in, writes what is gathered, and ends the tails.</summary>
    public async Task CloseAsync()
    {
        Task drained;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            drained = DrainedLocked();
        }
        await drained.ConfigureAwait(false);
        log.EndWriting(this);
        log.EndWatching(this);
        WakeOwnTails();
    }

    // Once for each channel, and before its gate: the log may have to write that down.
    private DatafortsException? BeginTellingAhead()
    {
        try
        {
            log.BeginTellingAhead();
            _tellsAhead = true;
            return null;
        }
        catch (DatafortsException error)
        {
            return error;
        }
    }

    private void Look()
    {
        if (log.IsShared) log.Refresh();
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, this);
}
