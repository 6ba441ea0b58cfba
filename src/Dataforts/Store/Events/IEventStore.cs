using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>What the log of events needs of the store it is a part of.</summary>
internal interface IEventStore
{
    /// <summary>The log, which is another one when a store open for reading has looked again.</summary>
    SegmentLog CurrentLog { get; }

    /// <summary>Whether this instance may write.</summary>
    bool IsWritable { get; }

    /// <summary>The time, Unix milliseconds.</summary>
    long NowMs();

    /// <summary>Takes room for events.</summary>
    /// <exception cref="DatafortsException">LimitExceeded or NoSpace: there is none.</exception>
    void TakeEventRoom(long bytes);

    /// <summary>Notes what was found wrong while the store was opened.</summary>
    void NoteDamage(LogRecord record, string what);

    /// <summary>Whether it is worth looking again for what was not found where it should be.</summary>
    bool LookAgain(SegmentLog log);

    /// <summary>Looks at the store as it is now, if another process has written to it since; for a store open for reading.</summary>
    bool RefreshIfGrown();
}
