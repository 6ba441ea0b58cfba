using System.Collections.Immutable;

namespace Dataforts.Mesh;

internal sealed partial class PeerTable
{
    private readonly Queue<(PeerChange Change, ImmutableArray<Watcher> Watchers)> _changes = [];
    private ImmutableArray<Watcher> _watchers = [];
    private bool _isDelivering;
    private long _failures;

    /// <summary>Times that an observer threw.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <inheritdoc/>
    public IDisposable Watch(Action<PeerChange> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var watcher = new Watcher(this, observer);
        lock (_gate) _watchers = _watchers.Add(watcher);
        return watcher;
    }

    // Under the lock: those who watch now are told, in the order of the changes.
    private void Tell(PeerChange change)
    {
        if (!_watchers.IsEmpty) _changes.Enqueue((change, _watchers));
    }

    // Without the lock. Whoever finds another thread at it, or is called by an observer, leaves it to that one.
    private void Deliver()
    {
        while (TryTake(out PeerChange change, out ImmutableArray<Watcher> watchers))
        {
            try
            {
                foreach (Watcher watcher in watchers)
                {
                    try
                    {
                        watcher.Tell(change);
                    }
                    catch (Exception error) when (error is not OutOfMemoryException)
                    {
                        Interlocked.Increment(ref _failures);
                    }
                }
            }
            finally
            {
                lock (_gate) _isDelivering = false;
            }
        }
    }

    private bool TryTake(out PeerChange change, out ImmutableArray<Watcher> watchers)
    {
        (change, watchers) = (default, []);
        lock (_gate)
        {
            if (_isDelivering || !_changes.TryDequeue(out var next)) return false;
            (change, watchers) = next;
            return _isDelivering = true;
        }
    }

    private sealed class Watcher(PeerTable table, Action<PeerChange> observer) : IDisposable
    {
        private volatile bool _isGone;

        public void Tell(PeerChange change)
        {
            if (!_isGone) observer(change);
        }

        public void Dispose()
        {
            _isGone = true;
            lock (table._gate) table._watchers = table._watchers.Remove(this);
        }
    }
}
