using System.Threading.Channels;

namespace Dataforts.Store;

/// <summary>The changes of a store's roots, in their order, for the one who counts what they reach.</summary>
internal sealed class RootFeed
{
    private readonly Channel<RootChange> _changes = Channel.CreateUnbounded<RootChange>(new UnboundedChannelOptions { SingleReader = false });
    private long _added;
    private volatile bool _isBroken;

    /// <summary>Changes there were.</summary>
    public long Added => Interlocked.Read(ref _added);

    /// <summary>Whether roots were lost in a way that no change tells: all is to be counted anew.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Adds a change; for the store, which adds them one at a time.</summary>
    public void Add(RootChange change)
    {
        _changes.Writer.TryWrite(change);
        Interlocked.Increment(ref _added);
    }

    public void Break() => _isBroken = true;

    /// <summary>No more is to come.</summary>
    public void End() => _changes.Writer.TryComplete();

    public bool TryTake(out RootChange change) => _changes.Reader.TryRead(out change);

    /// <summary>Returns when there is a change; false when there will be none any more.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _changes.Reader.WaitToReadAsync(cancellationToken);
}
