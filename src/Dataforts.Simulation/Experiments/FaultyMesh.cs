using System.Collections.Immutable;
using Dataforts.Content;
using Dataforts.Mesh;
using Dataforts.Store;

namespace Dataforts.Simulation.Experiments;

/// <summary>A mesh that does to a node's announcements, or to what it believes of others', what a fault is about. All else goes through.</summary>
internal sealed class FaultyMesh(IMesh inner, NodeFault fault) : IMesh
{
    public NodeId Self => inner.Self;

    public TimeProvider Time => inner.Time;

    public IPeerDirectory Peers { get; } = fault == NodeFault.BelievesForgedHeat ? new CredulousDirectory(inner.Peers) : inner.Peers;

    public Offer Offer => inner.Offer;

    public void Edit(Func<Offer, Offer> change, bool isUrgent = false) => inner.Edit(
        offer =>
        {
            Offer changed = change(offer);
            return changed with { Tags = changed.Tags.Union(offer.Tags.Except(changed.Tags).Where(tag => Stays(tag, changed))) };
        },
        isUrgent || fault == NodeFault.TellsEach);

    public IDisposable Serve(string subject, RequestHandler handler) => inner.Serve(subject, handler);

    public IDisposable ServeChunks(ChunkHandler handler) => inner.ServeChunks(handler);

    public ValueTask<ReadOnlyMemory<byte>> RequestAsync(NodeId peer, string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        inner.RequestAsync(peer, subject, body, cancellationToken);

    public ValueTask<VerifiedChunk?> FetchChunkAsync(NodeId peer, BlobHash chunk, CancellationToken cancellationToken) =>
        inner.FetchChunkAsync(peer, chunk, cancellationToken);

    public ValueTask<ulong> PublishAsync(
        string channel, ReadOnlyMemory<byte> payload, bool isRef, ImmutableSortedDictionary<string, string>? hints, CancellationToken cancellationToken) =>
        inner.PublishAsync(channel, payload, isRef, hints, cancellationToken);

    public IAsyncEnumerable<MeshEvent> TailAsync(string channel, ulong from, CancellationToken cancellationToken) =>
        inner.TailAsync(channel, from, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // Of what an edit takes away; a heat that is only replaced goes.
    private bool Stays(string tag, Offer changed) => fault switch
    {
        NodeFault.KeepsClaims => ChainTags.TryClaim(tag, out _) || tag is ChainTags.Greedy or ChainTags.Gravity,
        NodeFault.KeepsHeat => ChainTags.TryHeat(tag, out ulong chain)
            && !changed.Tags.Any(other => ChainTags.TryHeat(other, out ulong told) && told == chain),
        _ => false,
    };
}
