namespace Dataforts.Store;

/// <summary>Something chunks can be stored in.</summary>
/// <remarks>Implementations are thread-safe and take any number of calls at once, in any order. Storing a chunk that is there
/// already is a success, so a call may be repeated.</remarks>
public interface IChunkSink
{
    /// <summary>Whether a call does its work and ends, with no wait for anything far away. Chunks then come in batches, many to a task;
    /// else each is a call of its own, a window of them at once.</summary>
    /// <value>False unless the sink says otherwise.</value>
    bool IsImmediate => false;

    /// <summary>Stores a chunk unless it is there. The bytes are the caller's again when the call ends.</summary>
    /// <returns>Whether bytes were newly stored.</returns>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: nothing of the chunk is visible.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the chunk was stored.</exception>
    ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken);

    /// <summary>Stores several chunks as if one after the other; a sink that can does it in one piece. What the memories hold is the
    /// caller's again when the call ends.</summary>
    /// <param name="chunks">The chunks, in order; one may occur more than once.</param>
    /// <param name="isNew">As long as <paramref name="chunks"/>: set to whether each was newly stored, for a repeated chunk the first time.</param>
    /// <param name="cancellationToken">Ends the call; what it has stored by then stays.</param>
    /// <exception cref="DatafortsException">As for one chunk; any of the others may be stored, and <paramref name="isNew"/> means nothing.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    async ValueTask StoreAsync(ReadOnlyMemory<VerifiedChunk> chunks, Memory<bool> isNew, CancellationToken cancellationToken)
    {
        for (int i = 0; i < chunks.Length; i++)
        {
            bool stored = await StoreAsync(chunks.Span[i], cancellationToken).ConfigureAwait(false);
            isNew.Span[i] = stored;
        }
    }
}
