using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>A piece of a stream that has been cut, hashed and, where there is a sink, stored.</summary>
/// <param name="Offset">Where it begins in the stream.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">Its address.</param>
/// <param name="IsNew">Whether the sink did not have it before; false without a sink.</param>
public readonly record struct CutChunk(long Offset, int Length, BlobHash Hash, bool IsNew);
