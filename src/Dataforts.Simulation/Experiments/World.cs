using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Dataforts.Capabilities.Peers;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Simulation.Chance;

namespace Dataforts.Simulation.Experiments;

/// <summary>Nodes on an embedded mesh in virtual time, with what they run in earnest: admission, cache, heat, plans, announcements. One thread, one
/// seed.</summary>
internal sealed class World : IDisposable
{
    private readonly SortedDictionary<NodeId, SimulatedNode> _nodes = [];
    private readonly StringBuilder _trace = new();
    private readonly SynchronizationContext? _context = SynchronizationContext.Current;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly PeerIndex? _shared;

    public World(WorldOptions options)
    {
        // With a context what waits would go on elsewhere, in an order of its own.
        SynchronizationContext.SetSynchronizationContext(null);
        Options = options;
        Random = new SeededRandom(options.Seed);
        Network = new EmbeddedNetwork(new EmbeddedNetworkOptions
        {
            Time = Time,
            Latency = options.Way,
            Seed = options.Seed,
            SharesDirectory = options.SharesDirectory,
            RequestTimeout = options.SessionTimeout,
            DeathDetection = options.DeathDetection,
            Announcer = options.Announcer,
            ChannelEvents = options.ChannelEvents,
        });
        // One that only watches: of a directory that all share it sees all the others.
        if (options.SharesDirectory)
        {
            var watching = new NodeId(ulong.MaxValue);
            _shared = PeerIndex.Follow(watching, Network.Join(watching).Peers, Time);
        }
    }

    public WorldOptions Options { get; }

    public VirtualTime Time { get; } = new();

    public SeededRandom Random { get; }

    public EmbeddedNetwork Network { get; }

    public IReadOnlyCollection<SimulatedNode> Nodes => _nodes.Values;

    public string Trace => _trace.ToString();

    public SimulatedNode this[ulong id] => _nodes[new NodeId(id)];

    /// <summary>Lets a node in, for the first time or after its death; it has nothing.</summary>
    public SimulatedNode Join(ulong id, NodeOptions options)
    {
        var node = new SimulatedNode(this, new NodeId(id), options, _shared);
        _nodes[node.Id] = node;
        return node;
    }

    /// <summary>Lets nodes in that publish and do nothing else, with ids from <paramref name="first"/> on.</summary>
    public SimulatedNode[] JoinPublishers(ulong first, int count)
    {
        var options = new NodeOptions { IsGreedy = false, HasGravity = false };
        return [.. Enumerable.Range(0, count).Select(i => Join(first + (ulong)i, options))];
    }

    /// <summary>Bytes that nobody could guess.</summary>
    public byte[] Payload(int bytes)
    {
        var payload = new byte[bytes];
        for (int i = 0; i + sizeof(ulong) <= bytes; i += sizeof(ulong)) BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(i), Random.Next());
        return payload;
    }

    /// <summary>Ends a node without a word.</summary>
    public void Kill(SimulatedNode node)
    {
        Note(node.Id, "dies");
        Network.Kill(node.Id);
        node.Dispose();
        _nodes.Remove(node.Id);
    }

    public void Run(TimeSpan length, CancellationToken cancellationToken) => Time.Run(length, cancellationToken);

    /// <summary>A moment within an interval that chance picks.</summary>
    public TimeSpan Moment(TimeSpan interval) => interval * (Random.Below(1000) / 1000.0);

    /// <summary>Has something happen again and again, the first time at a moment within the interval that chance picks.</summary>
    public void Every(TimeSpan interval, Func<bool> action)
    {
        Time.Schedule(Moment(interval), Step);

        void Step()
        {
            if (action()) Time.Schedule(interval, Step);
        }
    }

    public void Note(NodeId node, string what, ulong chain, string more = "") =>
        Note(node, string.Create(CultureInfo.InvariantCulture, $"{what} {chain:x}{more}"));

    public void Note(NodeId node, string what)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("something went on elsewhere than on the thread that runs virtual time");
        if (Options.Traces) _trace.Append(CultureInfo.InvariantCulture, $"{Time.Elapsed.TotalMilliseconds:0.###} {node.Value:x} {what}\n");
    }

    public void Dispose()
    {
        foreach (SimulatedNode node in _nodes.Values) node.Dispose();
        _shared?.Dispose();
        SynchronizationContext.SetSynchronizationContext(_context);
    }
}
