using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>One run of some work: where it begins, how fast it may go, and whom it tells how far it is.</summary>
/// <remarks>Thread-safe. What is kept reaches the disk every few seconds and when the run ends; a process that dies goes back by no more than that.</remarks>
public sealed class WorkRun
{
    private readonly Lock _gate = new();
    private byte[] _cursor;
    private WorkProgress _progress;

    /// <summary>Makes one.</summary>
    /// <param name="pace">What holds it back.</param>
    /// <param name="cursor">What the run before kept, when it did not come to its end.</param>
    /// <param name="progress">Where that run was.</param>
    public WorkRun(IPace pace, ReadOnlyMemory<byte> cursor, WorkProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(pace);
        Pacing = pace;
        _cursor = cursor.ToArray();
        _progress = progress ?? new WorkProgress(0, null);
    }

    /// <summary>Asked after every piece of work; its rate may change while the run goes on.</summary>
    public IPace Pacing { get; }

    /// <summary>Where to begin: what <see cref="Keep"/> was given last by a run that did not come to its end; empty for the beginning.</summary>
    public ReadOnlyMemory<byte> Cursor
    {
        get { lock (_gate) return _cursor; }
    }

    /// <summary>How far it is.</summary>
    public WorkProgress Progress
    {
        get { lock (_gate) return _progress; }
    }

    /// <summary>Says how far the run is.</summary>
    public void Report(long done, long? total)
    {
        var progress = new WorkProgress(Math.Max(0, done), total is { } all ? Math.Max(0, all) : null);
        lock (_gate) _progress = progress;
    }

    /// <summary>Keeps where another run may go on.</summary>
    /// <exception cref="ArgumentException">More than 1,024 bytes.</exception>
    public void Keep(ReadOnlySpan<byte> cursor)
    {
        if (cursor.Length > WorkerRecord.MaxCursorBytes)
            throw new ArgumentException($"a cursor of {cursor.Length} bytes is over the limit of {WorkerRecord.MaxCursorBytes}", nameof(cursor));
        byte[] kept = cursor.ToArray();
        lock (_gate) _cursor = kept;
    }
}
