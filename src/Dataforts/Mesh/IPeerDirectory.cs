using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Mesh;

/// <summary>Who else is there, and what they offer. Local: asking it sends nothing. Thread-safe.</summary>
public interface IPeerDirectory
{
    /// <summary>How many peers are known.</summary>
    int Count { get; }

    /// <summary>What is known of a peer whose announcement is still believed.</summary>
    bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer);

    /// <summary>How far away a peer is, measured; null when it has not been. A directory may know it of peers whose snapshots, shared with other
    /// nodes, cannot say it.</summary>
    TimeSpan? RoundTripTo(NodeId id) => TryFind(id, out Peer? peer) ? peer.RoundTrip : null;

    /// <summary>All that are believed, in the order of their ids.</summary>
    IReadOnlyList<Peer> Snapshot();

    /// <summary>Calls <paramref name="observer"/> for every change from now on, one at a time and in order, until what is returned is disposed.
    /// The observer must not block; what it throws ends there. One call may be under way while it is disposed.</summary>
    IDisposable Watch(Action<PeerChange> observer);
}
