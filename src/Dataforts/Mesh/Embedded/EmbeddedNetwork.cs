using System.Collections.Concurrent;

namespace Dataforts.Mesh.Embedded;

/// <summary>Any number of nodes in one process, with ways between them that take time, lose messages and break.</summary>
/// <remarks>Thread-safe on the system's clock; on <see cref="VirtualTime"/> everything happens on the thread that runs it.</remarks>
public sealed partial class EmbeddedNetwork : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<NodeId, EmbeddedMesh> _nodes = [];
    private readonly Dictionary<NodeId, IVersionRecord> _versions = [];
    private readonly ConcurrentDictionary<string, EmbeddedChannel> _channels = new(StringComparer.Ordinal);
    private readonly Chance _chance;
    private readonly PeerTable? _shared;
    private Func<NodeId, NodeId, bool> _isCut = static (_, _) => false;

    /// <summary>Makes a network without nodes.</summary>
    public EmbeddedNetwork(EmbeddedNetworkOptions? options = null)
    {
        Options = options ?? new EmbeddedNetworkOptions();
        _chance = new Chance(Options.Seed);
        if (Options.SharesDirectory) _shared = new PeerTable(Options.Time, Options.MaxPeers);
    }

    /// <summary>How it was made.</summary>
    public EmbeddedNetworkOptions Options { get; }

    /// <summary>Whether its clock is <see cref="VirtualTime"/>.</summary>
    internal bool IsVirtual => Options.Time is VirtualTime;

    /// <summary>The nodes that are alive, in the order of their ids.</summary>
    public IReadOnlyList<EmbeddedMesh> Nodes
    {
        get { lock (_gate) return [.. _nodes.Values]; }
    }

    /// <summary>Lets a node in: for the first time, or again after its death under the same id.</summary>
    /// <param name="id">Who it is; not <c>default</c>.</param>
    /// <param name="origin">Its origin hash as a publisher; its id when null.</param>
    /// <param name="offer">What it announces first.</param>
    /// <exception cref="InvalidOperationException">It is here already.</exception>
    /// <exception cref="DatafortsException">LimitExceeded: the offer is over one of <see cref="MeshLimits"/>.</exception>
    public EmbeddedMesh Join(NodeId id, ulong? origin = null, Offer? offer = null)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(id, default);
        if (offer?.Objection() is { } objection) throw new DatafortsException(ErrorKind.LimitExceeded, objection);
        EmbeddedMesh mesh;
        EmbeddedMesh[] others;
        lock (_gate)
        {
            if (_nodes.ContainsKey(id)) throw new InvalidOperationException($"node {id} is here already");
            if (!_versions.TryGetValue(id, out IVersionRecord? versions)) _versions[id] = versions = Options.Versions?.Invoke(id) ?? new RememberedVersion();
            others = [.. _nodes.Values];
            _nodes[id] = mesh = new EmbeddedMesh(this, id, origin ?? id.Value, versions, _shared);
        }
        mesh.Start(offer);
        if (_shared is not null) return mesh;
        foreach (EmbeddedMesh other in others)
        {
            if (other.Latest is { } announcement) Send(other, mesh, () => Hear(mesh, other, announcement, announcement.WireBytes));
        }
        return mesh;
    }

    /// <summary>Ends a node without a word: it withdraws nothing and answers nobody. Others forget it after <see cref="EmbeddedNetworkOptions.DeathDetection"/>
    /// unless it is back by then.</summary>
    /// <returns>Whether it was alive.</returns>
    public bool Kill(NodeId id)
    {
        EmbeddedMesh? mesh;
        lock (_gate)
        {
            if (!_nodes.Remove(id, out mesh)) return false;
        }
        mesh.Die();
        Miss(mesh);
        return true;
    }

    /// <summary>Breaks the ways between nodes where <paramref name="isCut"/> says so, in both directions if it is symmetric,
    /// until it is called again; null mends all. What was announced meanwhile is announced again where the way is whole.</summary>
    public void Cut(Func<NodeId, NodeId, bool>? isCut)
    {
        Volatile.Write(ref _isCut, isCut ?? (static (_, _) => false));
        Resend();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (EmbeddedMesh node in Nodes) await node.DisposeAsync().ConfigureAwait(false);
        _shared?.Dispose();
    }

    internal EmbeddedMesh? Find(NodeId id)
    {
        lock (_gate) return _nodes.GetValueOrDefault(id);
    }

    internal EmbeddedChannel ChannelOf(string name) =>
        _channels.GetOrAdd(
            name, static (_, network) => new EmbeddedChannel(network.Options.ChannelEvents, network.Options.ChannelBytes, network.IsVirtual), this);

    internal bool IsCut(NodeId from, NodeId to) => Volatile.Read(ref _isCut)(from, to);

    /// <summary>Whether a message gets through at all.</summary>
    internal bool Passes(NodeId from, NodeId to) => !IsCut(from, to) && !_chance.Happens(Options.Loss);

    internal void Leave(EmbeddedMesh mesh)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(mesh.Self, out EmbeddedMesh? here) || here != mesh) return;
            _nodes.Remove(mesh.Self);
        }
        // Its farewell follows what it said before, so that an announcement still on its way cannot bring it back.
        ulong last = mesh.Latest?.Version ?? 0;
        if (_shared is { } shared) After(Options.Latency(mesh.Self, mesh.Self), () => shared.Forget(mesh.Self, last));
        else
        {
            foreach (EmbeddedMesh reader in Nodes) Send(mesh, reader, () => reader.Table.Forget(mesh.Self, last));
        }
        Miss(mesh);
    }

    /// <summary>Waits as long as a way or a timeout takes: to the tick in virtual time, at least as long otherwise.</summary>
    internal Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero) return Task.CompletedTask;
        if (Options.Time is VirtualTime time) return time.DelayAsync(wait, cancellationToken);
        return Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Options.Time, cancellationToken);
    }

    /// <summary>Waits for something as <see cref="Task{T}.WaitAsync(TimeSpan, TimeProvider, CancellationToken)"/> does, in virtual time on
    /// its thread.</summary>
    internal Task<T> WaitAsync<T>(Task<T> work, TimeSpan limit, CancellationToken cancellationToken) => Options.Time is VirtualTime time
        ? time.WaitAsync(work, limit, cancellationToken)
        : work.WaitAsync(limit, Options.Time, cancellationToken);

    // Those who do not hear of a node for so long take it for dead, unless it is back.
    private void Miss(EmbeddedMesh mesh)
    {
        ulong last = mesh.Latest?.Version ?? 0;
        After(Options.DeathDetection, () =>
        {
            foreach (PeerTable table in Tables()) table.Forget(mesh.Self, last);
        });
    }

    private IEnumerable<PeerTable> Tables() => _shared is null ? Nodes.Select(node => node.Table) : [_shared];

    private void After(TimeSpan wait, Action action)
    {
        if (Options.Time is VirtualTime time)
        {
            time.Schedule(wait, action);
            return;
        }
        // Never on the caller's thread: it may hold what the reader's side wants.
        _ = wait <= TimeSpan.Zero ? Task.Run(action) : Wait();

        async Task Wait()
        {
            await DelayAsync(wait, CancellationToken.None).ConfigureAwait(false);
            action();
        }
    }
}
