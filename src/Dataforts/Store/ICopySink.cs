using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A sink that can keep a chunk several times over, so that the loss of one place does not lose it.</summary>
/// <remarks>As <see cref="IChunkSink"/>.</remarks>
public interface ICopySink : IChunkSink
{
    /// <summary>Sees to it that each of some stored chunks is there so many times, each time in another place that is lost by itself.</summary>
    /// <param name="hashes">Chunks that are stored; one may occur more than once.</param>
    /// <param name="copies">How often each has to be there, from 1.</param>
    /// <param name="cancellationToken">Ends the call; what it has stored by then stays.</param>
    /// <returns>Bytes of chunks newly written.</returns>
    /// <exception cref="IntegrityException">A chunk is not there, or every copy of it is wrong.</exception>
    /// <exception cref="DatafortsException">As for storing one.</exception>
    ValueTask<long> KeepCopiesAsync(IReadOnlyCollection<BlobHash> hashes, int copies, CancellationToken cancellationToken);
}
