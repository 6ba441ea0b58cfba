namespace Dataforts.Mesh;

/// <summary>Keeps what a node offers and says when it is announced: edits at once when the last announcement is an interval ago, else together at the
/// interval's end; urgent ones at once; and again at a third of its lifetime, so that two may get lost.</summary>
/// <remarks>Thread-safe. A version is the clock's milliseconds or one more than the last, whichever is higher, so that versions rise over restarts too.</remarks>
internal sealed class Announcer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly NodeId _self;
    private readonly TimeProvider _time;
    private readonly AnnouncerOptions _options;
    private readonly IVersionRecord _versions;
    private readonly Action<Announcement> _send;
    private readonly ITimer _timer;
    private Offer _offer = Offer.Empty;
    private DateTimeOffset _sentAt = DateTimeOffset.MinValue;
    private bool _isDue;
    private bool _isClosed;

    // send takes each announcement, in order; it is called under a lock and must not call back.
    public Announcer(NodeId self, TimeProvider time, AnnouncerOptions options, IVersionRecord versions, Action<Announcement> send)
    {
        (_self, _time, _options, _versions, _send) = (self, time, options, versions, send);
        _timer = time.CreateTimer(static state => ((Announcer)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is offered now.</summary>
    public Offer Offer => Volatile.Read(ref _offer);

    /// <summary>Announces for the first time, whatever is offered.</summary>
    public void Start()
    {
        lock (_gate) Send();
    }

    /// <inheritdoc cref="IMesh.Edit"/>
    public void Edit(Func<Offer, Offer> change, bool isUrgent)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            Offer changed = change(_offer);
            if (Same(changed, _offer)) return;
            if (changed.Objection() is { } objection) throw new DatafortsException(ErrorKind.LimitExceeded, objection);
            Volatile.Write(ref _offer, changed);
            _isDue = true;
            if (isUrgent || _time.GetUtcNow() - _sentAt >= _options.Interval) Send();
            else Arm();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _isClosed = true;
        _timer.Dispose();
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_isClosed) Send();
        }
    }

    private void Send()
    {
        _sentAt = _time.GetUtcNow();
        _isDue = false;
        ulong version = Math.Max(_versions.Read() + 1, (ulong)Math.Max(0, _sentAt.ToUnixTimeMilliseconds()));
        _versions.Write(version);
        _send(new Announcement(_self, version, _options.Lifetime, _offer));
        Arm();
    }

    private void Arm()
    {
        TimeSpan wait = (_isDue ? _options.Interval : _options.Lifetime / 3) - (_time.GetUtcNow() - _sentAt);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private static bool Same(Offer a, Offer b) =>
        ReferenceEquals(a, b) || ((ReferenceEquals(a.Tags, b.Tags) || a.Tags.SetEquals(b.Tags))
            && (ReferenceEquals(a.Metadata, b.Metadata) || a.Metadata.SequenceEqual(b.Metadata)));
}
