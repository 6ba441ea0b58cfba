using System.Buffers.Binary;
using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

internal sealed partial class SimulatedNode : IGravityHost<ulong>
{
    private readonly SortedDictionary<ulong, ChainCopy> _copies = [];
    private readonly HashSet<ulong> _pulling = [];

    public long Pulled { get; private set; }

    public long FailedPulls { get; private set; }

    /// <summary>Chains that were pulled, and dropped.</summary>
    public Action<ulong, bool>? Copied { get; set; }

    public int Copies => _copies.Count;

    ulong IGravityHost<ulong>.Id => Id.Value;

    GravityStanding IGravityHost<ulong>.Standing => new() { Zone = Options.Zone };

    long IGravityHost<ulong>.FreeBytes => Options.CopyBytes - ((_copies.Count + _pulling.Count) * Options.ChainBytes);

    IReadOnlyList<IGravityPeer<ulong>> IGravityHost<ulong>.Peers => _directory.Peers;

    /// <summary>Whether a chain is here for another reason than that it flowed past.</summary>
    public bool HoldsCopy(ulong chain) => chain == Id.Value || _copies.ContainsKey(chain);

    TimeSpan IGravityHost<ulong>.RoundTripTo(IGravityPeer<ulong> peer) => RoundTripTo(new NodeId(peer.Id));

    bool IGravityHost<ulong>.Holds(ulong key) => HoldsCopy(key) || Greedy.IsHeld(key);

    bool IGravityHost<ulong>.IsInFlight(ulong key) => _pulling.Contains(key);

    long IGravityHost<ulong>.SizeBytesOf(ulong key) => Options.ChainBytes;

    void IGravityHost<ulong>.AddHolders(ulong key, List<IGravityPeer<ulong>> destination) => destination.AddRange(HoldersOf(key));

    void IGravityHost<ulong>.AddVictims(long bytes, List<(ulong Key, long SizeBytes)> destination) =>
        destination.AddRange(_copies.Keys.Select(key => (key, Options.ChainBytes)));

    ValueTask IGravityHost<ulong>.DropAsync(ulong key, CancellationToken cancellationToken)
    {
        _world.Note(Id, "drops", key);
        Claim([], [key], ClaimSource.Copy);
        _copies.Remove(key);
        Copied?.Invoke(key, false);
        return ValueTask.CompletedTask;
    }

    async ValueTask<bool> IGravityHost<ulong>.PullAsync(ulong key, IGravityPeer<ulong> from, CancellationToken cancellationToken)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(request, key);
        _pulling.Add(key);
        try
        {
            ReadOnlyMemory<byte> reply = await Mesh.RequestAsync(new NodeId(from.Id), PullSubject, request, cancellationToken).ConfigureAwait(false);
            if (reply.Length == 0) return false;
            var copy = new ChainCopy(Options.OwnEvents);
            copy.AddEncoded(reply.Span);
            _copies[key] = copy;
        }
        finally
        {
            _pulling.Remove(key);
        }
        _world.Note(Id, "pulls", key);
        Claim([key], [], ClaimSource.Copy);
        Copied?.Invoke(key, true);
        return true;
    }
}
