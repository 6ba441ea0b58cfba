namespace Dataforts.Mesh;

/// <summary>Keeps what a node offers and says when it is announced: edits at once when the last announcement is an interval ago, else together at the
/// interval's end; urgent ones at once, unless there are many; and again at a third of its lifetime, so that two may get lost.</summary>
/// <remarks>Thread-safe. A version is the clock's milliseconds or one more than the last, whichever is higher, so that versions rise over restarts too;
/// what else it does goes by a clock that nobody sets.</remarks>
internal sealed class Announcer : IDisposable
{
    private const int RepeatsInLifetime = 3;

    private readonly Lock _gate = new();
    private readonly NodeId _self;
    private readonly TimeProvider _time;
    private readonly AnnouncerOptions _options;
    private readonly IVersionRecord _versions;
    private readonly Action<Announcement> _send;
    private readonly ITimer _timer;
    private Offer _offer = Offer.Empty;
    private readonly long _start;
    private TimeSpan _sentAt;
    private TimeSpan _dueAt = TimeSpan.MaxValue;
    // When the urgent ones sent so far would have gone out had they been spread evenly.
    private TimeSpan _urgentAt;
    private bool _isUrgentDue;
    private bool _isClosed;

    // send takes each announcement, in order; it is called under a lock and must not call back.
    public Announcer(NodeId self, TimeProvider time, AnnouncerOptions options, IVersionRecord versions, Action<Announcement> send)
    {
        (_self, _time, _options, _versions, _send) = (self, time, options, versions, send);
        (_start, _sentAt) = (time.GetTimestamp(), -options.Interval);
        _timer = time.CreateTimer(static state => ((Announcer)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is offered now.</summary>
    public Offer Offer => Volatile.Read(ref _offer);

    /// <summary>Announcements put off because their version could not be kept.</summary>
    public long Unkept { get; private set; }

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
            TimeSpan now = Now;
            TimeSpan at = isUrgent ? UrgentMoment(now) : _sentAt + _options.Interval;
            if (at <= now) Send();
            else if (at < _dueAt) Arm(at, isUrgent);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _isClosed = true;
        _timer.Dispose();
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private TimeSpan UrgentShare => _options.Interval / _options.UrgentBurst;

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            // A timer that was set anew meanwhile may still come once, and one may come a little early.
            TimeSpan now = Now;
            if (_dueAt - now > TimeSpan.FromMilliseconds(1))
            {
                Arm(_dueAt, _isUrgentDue);
                return;
            }
            if (_isUrgentDue) _urgentAt = Later(_urgentAt, now) + UrgentShare;
            Send();
        }
    }

    // Now while there are few, else when the next one has its turn (a virtual-scheduling leaky bucket, ITU-T I.371).
    private TimeSpan UrgentMoment(TimeSpan now)
    {
        TimeSpan turn = _urgentAt - (_options.Interval - UrgentShare);
        if (turn > now) return turn;
        _urgentAt = Later(_urgentAt, now) + UrgentShare;
        return now;
    }

    private void Send()
    {
        // Kept before it is said: a version that others know must not come again. What cannot be kept is said later.
        ulong version;
        try
        {
            version = Math.Max(_versions.Read() + 1, (ulong)Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds()));
            _versions.Write(version);
        }
        catch (DatafortsException)
        {
            Unkept++;
            Arm(Now + _options.Interval, isUrgent: false);
            return;
        }
        _sentAt = Now;
        _send(new Announcement(_self, version, _options.Lifetime, _offer));
        Arm(_sentAt + (_options.Lifetime / RepeatsInLifetime), isUrgent: false);
    }

    private void Arm(TimeSpan at, bool isUrgent)
    {
        (_dueAt, _isUrgentDue) = (at, isUrgent);
        TimeSpan wait = at - Now;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static bool Same(Offer a, Offer b) =>
        ReferenceEquals(a, b) || ((ReferenceEquals(a.Tags, b.Tags) || a.Tags.SetEquals(b.Tags))
            && (ReferenceEquals(a.Metadata, b.Metadata) || a.Metadata.SequenceEqual(b.Metadata)));
}
