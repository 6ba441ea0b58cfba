using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>Where the bytes of a chunk that is wrong or gone may come from: parity, another copy, another node.</summary>
public interface IChunkRepair
{
    /// <summary>Looks for a chunk's bytes somewhere else than in the place where they were found wrong.</summary>
    /// <param name="hash">The chunk; reading it from the store fails, or gives what is wrong.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The bytes, owned by the caller, who verifies them; null when they cannot be had.</returns>
    /// <exception cref="DatafortsException">They cannot be had, and the message says why.</exception>
    ValueTask<ChunkBuffer?> RepairAsync(BlobHash hash, int length, CancellationToken cancellationToken);

    /// <summary>Called when a scrub has come to its end and chunks are left that are wrong, for sources that work on whole blobs, such as parity: what they
    /// put again is mended by that.</summary>
    /// <param name="left">The chunks in quarantine, and those that cannot be read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DatafortsException">It cannot be done, and the message says why.</exception>
    ValueTask MendAsync(IReadOnlyList<BlobHash> left, CancellationToken cancellationToken) => default;
}
