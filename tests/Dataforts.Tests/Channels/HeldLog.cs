using Dataforts.Channels;
using Dataforts.Store.Events;

namespace Dataforts.Tests.Channels;

/// <summary>A log in memory that says it is on a device, and whose writes wait, or fail, as long as a test wants.</summary>
internal sealed class HeldLog : IEventLog, IDisposable
{
    private readonly MemoryEventLog _log = new(1, EventRetention.Everything, TimeProvider.System);
    private readonly ManualResetEventSlim _open = new(true);
    private int _writes;

    public Exception? Failure { get; set; }

    public TaskCompletionSource? Flush { get; set; }

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

    public ulong Append(ReadOnlySpan<byte> payload, bool isRef)
    {
        Wait();
        return _log.Append(payload, isRef);
    }

    public ulong Append(in PackedEvents events)
    {
        Wait();
        return _log.Append(events);
    }

    public EventRange Read(ulong from, int maxBytes, int maxEvents, EventPage page) => _log.Read(from, maxBytes, maxEvents, page);

    public ulong Trim(ulong upTo) => _log.Trim(upTo);

    public void SetRetention(EventRetention retention) => _log.SetRetention(retention);

    public Task FlushAsync(int waiters) => Flush?.Task ?? Task.CompletedTask;

    public void Refresh()
    {
    }

    private void Wait()
    {
        Interlocked.Increment(ref _writes);
        _open.Wait();
        if (Failure is { } failure) throw failure;
    }
}
