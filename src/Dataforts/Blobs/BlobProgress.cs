namespace Dataforts.Blobs;

/// <summary>How far a blob has come.</summary>
/// <param name="BytesDone">Content bytes stored or handed out so far.</param>
/// <param name="TotalBytes">Content bytes there are; null while that is not known.</param>
public readonly record struct BlobProgress(long BytesDone, long? TotalBytes);
