namespace Dataforts.Directories;

/// <summary>How far a tree has come.</summary>
/// <param name="FilesDone">Files published or in place.</param>
/// <param name="TotalFiles">Files there are; null while that is not known.</param>
/// <param name="BytesDone">Bytes of content read or in place.</param>
/// <param name="TotalBytes">Bytes there are; null while that is not known.</param>
/// <param name="BytesPerSecond">The rate since the run began.</param>
/// <param name="Current">The path of a file that was worked on just now.</param>
public readonly record struct DirectoryProgress(
    long FilesDone, long? TotalFiles, long BytesDone, long? TotalBytes, double BytesPerSecond, string Current);
