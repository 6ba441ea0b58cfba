using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Dataforts.Mesh.Embedded;

/// <summary>One node's side of an <see cref="EmbeddedNetwork"/>.</summary>
public sealed partial class EmbeddedMesh : IMesh
{
    private const int TailPage = 64;

    private readonly EmbeddedNetwork _network;
    private readonly ulong _origin;
    private readonly Announcer _announcer;
    private readonly IPeerDirectory _peers;
    private readonly CancellationTokenSource _life = new();
    private readonly ConcurrentDictionary<string, RequestHandler> _handlers = new(StringComparer.Ordinal);
    private ChunkHandler? _chunks;
    private Announcement? _latest;
    private int _isDead;

    internal EmbeddedMesh(EmbeddedNetwork network, NodeId self, ulong origin, IVersionRecord versions, PeerTable? shared)
    {
        (_network, Self, _origin) = (network, self, origin);
        Table = shared ?? new PeerTable(network.Options.Time, network.Options.MaxPeers);
        _peers = shared is null ? Table : new OthersDirectory(shared, network.Options.Latency, self);
        _announcer = new Announcer(self, network.Options.Time, network.Options.Announcer, versions, Announce);
    }

    /// <inheritdoc/>
    public NodeId Self { get; }

    /// <inheritdoc/>
    public TimeProvider Time => _network.Options.Time;

    /// <inheritdoc/>
    public IPeerDirectory Peers => _peers;

    /// <inheritdoc/>
    public Offer Offer => _announcer.Offer;

    /// <summary>What went to and fro.</summary>
    public MeshTraffic Traffic { get; } = new();

    /// <summary>Whether it has neither been killed nor disposed.</summary>
    public bool IsAlive => Volatile.Read(ref _isDead) == 0;

    internal PeerTable Table { get; }

    internal Announcement? Latest => Volatile.Read(ref _latest);

    /// <inheritdoc/>
    public void Edit(Func<Offer, Offer> change, bool isUrgent = false) => _announcer.Edit(change, isUrgent);

    /// <inheritdoc/>
    public IDisposable Serve(string subject, RequestHandler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        ArgumentNullException.ThrowIfNull(handler);
        if (!_handlers.TryAdd(subject, handler)) throw new InvalidOperationException($"\"{subject}\" is served already");
        return new Ending(() => _handlers.TryRemove(KeyValuePair.Create(subject, handler)));
    }

    /// <inheritdoc/>
    public IDisposable ServeChunks(ChunkHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (Interlocked.CompareExchange(ref _chunks, handler, null) is not null) throw new InvalidOperationException("chunks are served already");
        return new Ending(() => Interlocked.CompareExchange(ref _chunks, null, handler));
    }

    /// <inheritdoc/>
    public ValueTask<ulong> PublishAsync(
        string channel, ReadOnlyMemory<byte> payload, bool isRef, ImmutableSortedDictionary<string, string>? hints, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDead();
        ThrowIfLong(payload.Length, "an event");
        // The caller may use its buffer again: what is kept is a copy.
        return ValueTask.FromResult(_network.ChannelOf(channel).Append(
            new MeshEvent(channel, _origin, Self, 0, Time.GetUtcNow(), payload.ToArray(), isRef, hints)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MeshEvent> TailAsync(string channel, ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _life.Token);
        EmbeddedChannel source = _network.ChannelOf(channel);
        while (true)
        {
            both.Token.ThrowIfCancellationRequested();
            (MeshEvent[] events, Task<bool> more) = source.Read(from, TailPage);
            if (events.Length == 0) await _network.WaitAsync(more, Timeout.InfiniteTimeSpan, both.Token).ConfigureAwait(false);
            foreach (MeshEvent item in events)
            {
                await ArriveAsync(item, both.Token).ConfigureAwait(false);
                from = item.Sequence + 1;
                Traffic.NoteEvent(item.Payload.Length);
                yield return item;
            }
        }
    }

    /// <summary>Leaves the network in order: the others are told.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDead, 1) != 0) return ValueTask.CompletedTask;
        _network.Leave(this);
        End();
        return ValueTask.CompletedTask;
    }

    internal void Start(Offer? offer)
    {
        if (offer is null) _announcer.Start();
        else _announcer.Edit(_ => offer, isUrgent: true);
        if (Latest is null) _announcer.Start();
    }

    internal void Die()
    {
        if (Interlocked.Exchange(ref _isDead, 1) == 0) End();
    }

    private void End()
    {
        _announcer.Dispose();
        if (!_network.Options.SharesDirectory) Table.Dispose();
        _life.Cancel();
    }

    private void Announce(Announcement announcement)
    {
        Announcement? before = _latest;
        Volatile.Write(ref _latest, announcement);
        if (IsAlive) _network.Announce(this, before, announcement);
    }

    // An event is on its way for as long as the way from its publisher takes, and waits while that way is cut.
    private async Task ArriveAsync(MeshEvent item, CancellationToken cancellationToken)
    {
        TimeSpan wait = item.PublishedAt + _network.Options.Latency(item.Publisher, Self) - Time.GetUtcNow();
        await _network.DelayAsync(wait, cancellationToken).ConfigureAwait(false);
        while (_network.IsCut(item.Publisher, Self)) await _network.DelayAsync(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfDead() => ObjectDisposedException.ThrowIf(!IsAlive, this);

    private static void ThrowIfLong(int length, string what)
    {
        if (length <= MeshLimits.MaxMessageBytes) return;
        throw new DatafortsException(ErrorKind.LimitExceeded, $"{what} of {length} bytes is over MaxMessageBytes ({MeshLimits.MaxMessageBytes})");
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
