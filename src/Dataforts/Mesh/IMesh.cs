using System.Collections.Immutable;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Mesh;

/// <summary>The seam to other nodes: who is there, ask one something, fetch a chunk, publish and tail. Everything above runs against this alone.</summary>
/// <remarks>Thread-safe. What a peer sends is bounded before it is looked at; a peer's announcement is believed only for that peer.</remarks>
public interface IMesh : IAsyncDisposable
{
    /// <summary>This node.</summary>
    NodeId Self { get; }

    /// <summary>The clock that its timers and deadlines go by.</summary>
    TimeProvider Time { get; }

    /// <summary>The other nodes.</summary>
    IPeerDirectory Peers { get; }

    /// <summary>What this node offers now, announced already or about to be.</summary>
    Offer Offer { get; }

    /// <summary>Changes what this node offers. Edits take turns, so none is lost; those within an interval go out as one announcement at its end.</summary>
    /// <param name="change">Old offer to new; called once, under a lock, and must not call back.</param>
    /// <param name="isUrgent">Send now: a withdrawal that has to be known before bytes go. A node that has many of them sends those beyond a
    /// burst (<see cref="AnnouncerOptions.UrgentBurst"/>) together, a fraction of an interval later.</param>
    /// <exception cref="DatafortsException">LimitExceeded: the new offer is over one of <see cref="MeshLimits"/>; nothing was changed.</exception>
    void Edit(Func<Offer, Offer> change, bool isUrgent = false);

    /// <summary>Answers requests on a subject until what is returned is disposed.</summary>
    /// <exception cref="InvalidOperationException">The subject is served already.</exception>
    IDisposable Serve(string subject, RequestHandler handler);

    /// <summary>Gives peers chunks until what is returned is disposed.</summary>
    /// <exception cref="InvalidOperationException">Chunks are served already.</exception>
    IDisposable ServeChunks(ChunkHandler handler);

    /// <summary>Asks a peer something.</summary>
    /// <exception cref="DatafortsException">Transient: it cannot be reached or did not answer; LimitExceeded: too long a request or reply;
    /// Unsupported: it does not serve the subject; or what its handler threw, as Transient.</exception>
    ValueTask<ReadOnlyMemory<byte>> RequestAsync(NodeId peer, string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Fetches a chunk from a peer and verifies it.</summary>
    /// <returns>The chunk, or null when the peer does not have it.</returns>
    /// <exception cref="DatafortsException">Transient: it cannot be reached or did not answer.</exception>
    /// <exception cref="IntegrityException">ChunkCorrupt: what it sent is something else.</exception>
    ValueTask<VerifiedChunk?> FetchChunkAsync(NodeId peer, BlobHash chunk, CancellationToken cancellationToken);

    /// <summary>Publishes an event.</summary>
    /// <returns>Its sequence number in the channel.</returns>
    /// <exception cref="DatafortsException">LimitExceeded: payload over <see cref="MeshLimits.MaxMessageBytes"/>; Transient:
    /// the channel cannot be reached.</exception>
    ValueTask<ulong> PublishAsync(
        string channel, ReadOnlyMemory<byte> payload, bool isRef, ImmutableSortedDictionary<string, string>? hints, CancellationToken cancellationToken);

    /// <summary>A channel's events from a place on: what is kept, then live ones, each once and in order. A consumer too slow for what is kept
    /// meets a jump in <see cref="MeshEvent.Sequence"/>.</summary>
    IAsyncEnumerable<MeshEvent> TailAsync(string channel, ulong from, CancellationToken cancellationToken);
}
