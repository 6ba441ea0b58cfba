using Dataforts.Channels;
using Dataforts.Store.Events;

namespace Dataforts.Tests.Channels;

/// <summary>A log in memory that says it is on a device, and whose writes wait, or fail, as long as a test wants.</summary>
internal sealed class HeldLog : IEventLog, IDisposable
{
    private readonly MemoryEventLog _log = new(1, EventRetention.Everything, TimeProvider.System);
    private readonly ManualResetEventSlim _open = new(true);
    private int _writes;
    private int _flushes;

    public Exception? Failure { get; set; }

    public TaskCompletionSource? Flush { get; set; }

    public int Flushes => Volatile.Read(ref _flushes);

    public int Writes => Volatile.Read(ref _writes);

    public ulong Id => _log.Id;

    public uint Epoch => _log.Epoch;

    public ulong First => _log.First;

    public ulong Next => _log.Next;

    public long Bytes => _log.Bytes;

    public EventRetention Retention => _log.Retention;

    public bool IsDurable => true;

    public bool IsShared => false;

    public void Dispose() => _open.Dispose();

    public void Hold() => _open.Reset();

    public void LetGo() => _open.Set();

    public ulong Append(ReadOnlySpan<byte> payload, bool isRef, ulong expected)
    {
        Wait();
        return _log.Append(payload, isRef, expected);
    }

    public ulong Append(in PackedEvents events, ulong expected)
    {
        Wait();
        return _log.Append(events, expected);
    }

    public void SkipTo(ulong next) => _log.SkipTo(next);

    public void BeginTellingAhead()
    {
    }

    public bool TryBeginWriting(object writer) => true;

    public void EndWriting(object writer)
    {
    }

    public void BeginWatching(IAppendWatcher watcher)
    {
    }

    public void EndWatching(IAppendWatcher watcher)
    {
    }

    public void WakeOthers(IAppendWatcher but)
    {
    }

    public EventRange Read(ulong from, int maxBytes, int maxEvents, EventPage page) => _log.Read(from, maxBytes, maxEvents, page);

    public ulong Trim(ulong upTo) => _log.Trim(upTo);

    public void SetRetention(EventRetention retention) => _log.SetRetention(retention);

    public Task FlushAsync(int waiters)
    {
        Interlocked.Increment(ref _flushes);
        return Flush?.Task ?? Task.CompletedTask;
    }

    public void Refresh()
    {
    }

    /// <summary>An append that its channel knows nothing of.</summary>
    public void AppendAside() => _log.Append(new byte[1], isRef: false, _log.Next);

    private void Wait()
    {
        Interlocked.Increment(ref _writes);
        _open.Wait();
        if (Failure is { } failure) throw failure;
    }
}
