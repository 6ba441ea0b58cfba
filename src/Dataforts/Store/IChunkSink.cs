namespace Dataforts.Store;

/// <summary>Something chunks can be stored in.</summary>
/// <remarks>Implementations are thread-safe and take any number of calls at once, in any order. Storing a chunk that is there
/// already is a success, so a call may be repeated.</remarks>
public interface IChunkSink
{
    /// <summary>Stores a chunk unless it is there. The bytes are the caller's again when the call ends.</summary>
    /// <returns>Whether bytes were newly stored.</returns>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: nothing of the chunk is visible.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the chunk was stored.</exception>
    ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken);
}
