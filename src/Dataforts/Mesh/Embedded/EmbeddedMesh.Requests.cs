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
        ReadOnlyMemory<byte> reply = await AnswerAsync(there, token => handler(Self, body, token), cancellationToken).ConfigureAwait(false);
        ThrowIfLong(reply.Length, $"a reply of node {peer}");
        // A copy, as off a wire: its owner may use the buffer again.
        reply = reply.ToArray();
        Traffic.NoteRequest(body.Length + reply.Length);
        await ReturnAsync(there, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    /// <inheritdoc/>
    public async ValueTask<VerifiedChunk?> FetchChunkAsync(NodeId peer, BlobHash chunk, CancellationToken cancellationToken)
    {
        EmbeddedMesh there = await ReachAsync(peer, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte>? bytes = Volatile.Read(ref there._chunks) is { } handler
            ? await AnswerAsync(there, token => handler(Self, chunk, token), cancellationToken).ConfigureAwait(false)
            : null;
        if (bytes is { Length: > StoreLimits.MaxChunkBytes }) throw IntegrityException.Length(chunk, StoreLimits.MaxChunkBytes, bytes.Value.Length);
        // A copy, as off a wire: what was verified must not change after that because its owner uses the buffer again.
        byte[]? sent = bytes?.ToArray();
        await ReturnAsync(there, cancellationToken).ConfigureAwait(false);
        if (sent is null) return null;
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
        await _network.DelayAsync(_network.Options.Latency(from, to), cancellationToken).ConfigureAwait(false);
    }

    // Silence: nobody can tell a lost message from a dead peer, so it takes a timeout to know either.
    private async ValueTask LoseAsync(NodeId peer, CancellationToken cancellationToken)
    {
        await _network.DelayAsync(_network.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        throw new DatafortsException(ErrorKind.Transient, $"node {peer} did not answer within {_network.Options.RequestTimeout}");
    }

    private async ValueTask<T> AnswerAsync<T>(
        EmbeddedMesh there, Func<CancellationToken, ValueTask<T>> answer, CancellationToken cancellationToken)
    {
        Exception failure;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, there._life.Token);
        try
        {
            ValueTask<T> running = answer(both.Token);
            if (running.IsCompleted) return await running.ConfigureAwait(false);
            return await _network.WaitAsync(running.AsTask(), _network.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failure = error;
        }
        EndWork(both);
        cancellationToken.ThrowIfCancellationRequested();
        // Whatever went wrong there, here it is a peer that failed, and it takes its way to be known.
        if (failure is not TimeoutException) await ReturnAsync(there, cancellationToken).ConfigureAwait(false);
        throw new DatafortsException(ErrorKind.Transient, $"node {there.Self} failed: {failure.Message}", failure);
    }

    // Whoever still works on it may stop. On this thread: another one would make the order of things in virtual time a matter of luck.
    private static void EndWork(CancellationTokenSource work) => work.Cancel();
}
