using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A chunk whose bytes were found wrong and that is out of service: nobody is handed it, and whoever puts it again mends it. The wrong
/// bytes stay where they are until their segment is compacted.</summary>
/// <param name="Hash">Its address.</param>
/// <param name="Segment">The number of the segment file.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many there are.</param>
/// <param name="FoundAt">When it was found.</param>
public sealed record QuarantinedChunk(BlobHash Hash, uint Segment, uint Offset, int Length, DateTimeOffset FoundAt);
