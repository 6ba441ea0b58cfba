using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>Something chunks can be read from: a store, a peer, an erasure rebuild.</summary>
/// <remarks>Implementations are thread-safe and take any number of calls at once. They need not verify: whoever reads
/// passes what comes through <see cref="ChunkVerifier"/> once, and nobody sees it before.</remarks>
public interface IChunkSource
{
    /// <summary>Whether a fetch does its work and ends, with no wait for anything far away. Several chunks are then fetched one after the
    /// other by one task; else each has a task of its own, a window of them at once.</summary>
    /// <value>False unless the source says otherwise.</value>
    bool IsImmediate => false;

    /// <summary>Fetches a chunk as it is found.</summary>
    /// <param name="hash">Its address.</param>
    /// <param name="maxBytes">The most the caller will take, at most <see cref="StoreLimits.MaxChunkBytes"/>; a longer chunk is an error,
    /// raised before memory is spent on it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The bytes, owned by the caller; null when the source does not have the chunk.</returns>
    /// <exception cref="IntegrityException">ChunkLength: the chunk is longer than <paramref name="maxBytes"/>, or the source
    /// holds less of it than it should.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Looks for another copy of a chunk that <see cref="FetchAsync"/> did not have, or had wrong bytes of.</summary>
    /// <returns>The chunk, verified, owned by the caller; null, as here unless a source says otherwise, when there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<ChunkBuffer?> FetchOtherAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken) => default;
}
