namespace Dataforts.Log;

/// <summary>A hint file is damaged or cannot be read. Nothing is lost: its segment says the same, and whoever catches this reads that.</summary>
/// <param name="segment">The segment whose hint file it is.</param>
/// <param name="path">The file.</param>
/// <param name="offset">Where in the file.</param>
/// <param name="what">What is wrong there.</param>
/// <param name="inner">The operating system's refusal, if that is what is wrong.</param>
internal sealed class HintException(uint segment, string path, long offset, string what, Exception? inner = null)
    : DatafortsException(inner is null ? ErrorKind.StoreDamaged : ErrorKind.Io, $"{path}, byte {offset}: {what}", inner)
{
    /// <summary>The segment whose hint file it is.</summary>
    public uint Segment { get; } = segment;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Where in the file.</summary>
    public long Offset { get; } = offset;
}
