using System.Runtime.CompilerServices;
using Dataforts.Store.Events;

namespace Dataforts.Channels;

// A tail is a place in the log and a page of events: it reads when its reader asks for more. So a slow reader costs nothing and loses nothing but
// what retention drops before it comes, and that it is told.
internal sealed partial class EmbeddedChannel
{
    private const int TailPageEvents = 4096;

    // Some 10 microseconds: who reads as fast as others append is spared a change of threads for each event.
    private const int Spins = 40, SpinLength = 20;

    private readonly Lock _tailGate = new();
    private List<TailSignal>? _asleep;
    private int _sleepers;
    private int _tails;
    private bool _isWatching;

    /// <inheritdoc/>
    public IAsyncEnumerable<TailItem> TailAsync(ulong? from = 0, TailOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        Look();
        options ??= new TailOptions();
        ulong end = options.EndsAtEnd ? log.Next : ulong.MaxValue;
        return TailFromAsync(from ?? log.Next, end, options, cancellationToken);
    }

    private async IAsyncEnumerable<TailItem> TailFromAsync(
        ulong cursor, ulong end, TailOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var signal = new TailSignal();
        using var page = new EventPage();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static signal => ((TailSignal)signal!).Wake(), signal);
        Interlocked.Increment(ref _tails);
        DatafortsMeter.Tails.Add(1);
        try
        {
            while (cursor < end && !_isClosed)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (cursor >= log.Next)
                {
                    if (!SpinUntilPast(cursor)) await SleepAsync(signal, cursor, options, cancellationToken).ConfigureAwait(false);
                    continue;
                }
                if (FindGap(cursor, end, options, page, out EventRange? range) is { } gap)
                {
                    DatafortsMeter.EventsMissed.Add((long)(gap.GapEnd - gap.From), new KeyValuePair<string, object?>("reason", gap.Gap.ToString()));
                    yield return gap;
                    cursor = gap.GapEnd;
                    continue;
                }
                for (int i = 0; i < range!.Events.Count && range.Events[i].Sequence < end; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return TailItem.Of(range.Events[i]);
                }
                cursor = range.Next;
            }
        }
        finally
        {
            DatafortsMeter.Tails.Add(-1);
            Interlocked.Decrement(ref _tails);
        }
    }

    // What of the events from a number on cannot be delivered; or, where there is nothing like that, the next of them.
    private TailItem? FindGap(ulong cursor, ulong end, TailOptions options, EventPage page, out EventRange? range)
    {
        range = null;
        ulong lag = log.Next - cursor;
        DatafortsMeter.TailLag.Record((long)lag);
        if (options.MaxLagEvents is { } most && lag > (ulong)most)
            return TailItem.Missing(cursor, Math.Min(end, cursor + lag - ((ulong)most / 2)), GapReason.Skipped);
        range = log.Read(cursor, ChannelLimits.TailPageBytes, TailPageEvents, page);
        return range.Gap == GapReason.None ? null : TailItem.Missing(cursor, Math.Min(end, range.Next), range.Gap);
    }

    private bool SpinUntilPast(ulong cursor)
    {
        if (log.IsShared) return false;
        for (int i = 0; i < Spins; i++)
        {
            if (log.Next > cursor) return true;
            Thread.SpinWait(SpinLength);
        }
        return false;
    }

    private async ValueTask SleepAsync(TailSignal signal, ulong cursor, TailOptions options, CancellationToken cancellationToken)
    {
        if (log.IsShared)
        {
            await Task.Delay(options.PollEvery, time, cancellationToken).ConfigureAwait(false);
            log.Refresh();
            return;
        }
        ValueTask woken = signal.ArmAsync();
        lock (_tailGate)
        {
            // Others who append to the same log wake it as well.
            if (!_isWatching) log.BeginWatching(this);
            _isWatching = true;
            (_asleep ??= []).Add(signal);
            Volatile.Write(ref _sleepers, _asleep.Count);
        }
        // Looked at behind the registration, as appends look at who sleeps behind the event.
        Interlocked.MemoryBarrier();
        if (log.Next > cursor || _isClosed || cancellationToken.IsCancellationRequested) signal.Wake();
        await woken.ConfigureAwait(false);
        lock (_tailGate)
        {
            // Nobody else takes out one that woke by itself or was called off.
            if (_asleep.Remove(signal)) Volatile.Write(ref _sleepers, _asleep.Count);
        }
    }

    /// <summary>Somebody else has appended.</summary>
    public void Appended() => WakeOwnTails();

    private void WakeTails()
    {
        WakeOwnTails();
        log.WakeOthers(this);
    }

    private void WakeOwnTails()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleepers) == 0) return;
        lock (_tailGate)
        {
            foreach (TailSignal signal in _asleep!) signal.Wake();
            _asleep.Clear();
            Volatile.Write(ref _sleepers, 0);
        }
    }
}
