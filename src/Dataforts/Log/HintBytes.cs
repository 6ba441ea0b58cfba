namespace Dataforts.Log;

/// <summary>A hint file on a device.</summary>
internal sealed class HintBytes(StorageFile file) : IHintBytes
{
    public long Length => file.Length;

    public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);
}
