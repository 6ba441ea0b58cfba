using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Mesh.Embedded;

public sealed partial class EmbeddedMesh
{
    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> RequestAsync(
        NodeId peer, string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        ThrowIfLong(body.Length, "a request");
        EmbeddedMesh there = await ReachAsync(peer, cancellationToken).ConfigureAwait(false);
        if (!there._handlers.TryGetValue(subject, out RequestHandler? handler))
        {
            await ReturnAsync(there, cancellationToken).ConfigureAwait(false);
            throw new DatafortsException(ErrorKind.Unsupported, $"node {peer} does not serve \"{subject}\"");
        }
        ReadOnlyMemory<byte> reply = await AnswerAsync(peer, () => handler(Self, body, there._life.Token)).ConfigureAwait(false);
        ThrowIfLong(reply.Length, $"a reply of node {peer}");
        Traffic.NoteRequest(body.Length + reply.Length);
        await ReturnAsync(there, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    /// <inheritdoc/>
    public async ValueTask<VerifiedChunk?> FetchChunkAsync(NodeId peer, BlobHash chunk, CancellationToken cancellationToken)
    {
        EmbeddedMesh there = await ReachAsync(peer, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte>? bytes = Volatile.Read(ref there._chunks) is { } handler
            ? await AnswerAsync(peer, () => handler(Self, chunk, there._life.Token)).ConfigureAwait(false)
            : null;
        await ReturnAsync(there, cancellationToken).ConfigureAwait(false);
        if (bytes is not { } sent) return null;
        // Its length is looked at before it is hashed or copied.
        VerifiedChunk verified = ChunkVerifier.Verify(chunk, sent);
        Traffic.NoteChunk(sent.Length);
        return verified;
    }

    private async ValueTask<EmbeddedMesh> ReachAsync(NodeId peer, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        cancellationToken.ThrowIfCancellationRequested();
        if (!_network.Passes(Self, peer)) await LoseAsync(peer, cancellationToken).ConfigureAwait(false);
        await TravelAsync(Self, peer, cancellationToken).ConfigureAwait(false);
        EmbeddedMesh? there = _network.Find(peer);
        if (there is null) await LoseAsync(peer, cancellationToken).ConfigureAwait(false);
        return there!;
    }

    private async ValueTask ReturnAsync(EmbeddedMesh there, CancellationToken cancellationToken)
    {
        if (!there.IsAlive || !_network.Passes(there.Self, Self)) await LoseAsync(there.Self, cancellationToken).ConfigureAwait(false);
        await TravelAsync(there.Self, Self, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask TravelAsync(NodeId from, NodeId to, CancellationToken cancellationToken)
    {
        TimeSpan way = _network.Options.Latency(from, to);
        if (way > TimeSpan.Zero) await Task.Delay(way, Time, cancellationToken).ConfigureAwait(false);
    }

    // Silence: nobody can tell a lost message from a dead peer, so it takes a timeout to know either.
    private async ValueTask LoseAsync(NodeId peer, CancellationToken cancellationToken)
    {
        await Task.Delay(_network.Options.RequestTimeout, Time, cancellationToken).ConfigureAwait(false);
        throw new DatafortsException(ErrorKind.Transient, $"node {peer} did not answer within {_network.Options.RequestTimeout}");
    }

    private static async ValueTask<T> AnswerAsync<T>(NodeId peer, Func<ValueTask<T>> answer)
    {
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever went wrong there, here it is a peer that failed.
            throw new DatafortsException(ErrorKind.Transient, $"node {peer} failed: {error.Message}", error);
        }
    }
}
