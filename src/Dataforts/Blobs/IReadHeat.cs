using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>Told what is read, where it is read, whether it came from this node or from elsewhere.</summary>
/// <remarks>Called on the read path, from any thread: it must return at once and not throw. Only what was read and verified is told: a Small's chunk; of a
/// Manifest the chunks that were handed out, all at the read's end and none when it failed; of a Tree, whose list of chunks nobody holds, each data chunk as it
/// is handed out.</remarks>
public interface IReadHeat
{
    /// <summary>A chunk was read.</summary>
    void Count(BlobHash chunk);

    /// <summary>The chunks of one read, all at once.</summary>
    /// <param name="chunks">In place in the ref: nothing was copied.</param>
    void Count(ReadOnlySpan<ChunkRef> chunks);
}
