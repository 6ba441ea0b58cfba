namespace Dataforts.Log;

/// <summary>The bytes of a hint file, wherever they come from. Thread-safe.</summary>
internal interface IHintBytes
{
    /// <summary>The file's bytes.</summary>
    long Length { get; }

    /// <summary>Reads what there is, up to the destination's length; 0 at the end of the file.</summary>
    int Read(Span<byte> destination, long offset);
}
