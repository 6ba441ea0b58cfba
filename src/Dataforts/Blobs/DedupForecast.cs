using Dataforts.Chunking;

namespace Dataforts.Blobs;

/// <summary>What a data set would come to in a store of a given profile.</summary>
/// <param name="Profile">How it would be cut.</param>
/// <param name="InputBytes">Its content.</param>
/// <param name="UniqueBytes">Content bytes that would be stored.</param>
/// <param name="Chunks">Distinct chunks that would be stored, tree nodes included.</param>
/// <param name="MetadataBytes">Tree nodes, record headers and padding beside the content.</param>
/// <param name="IndexBytes">Memory for the index of those, all of it in memory, at <see cref="DedupAnalysis.IndexBytesPerChunk"/> each.</param>
/// <param name="Elapsed">How long reading, cutting and hashing took.</param>
public sealed record DedupForecast(
    ChunkingProfile Profile, long InputBytes, long UniqueBytes, long Chunks, long MetadataBytes, long IndexBytes, TimeSpan Elapsed);
