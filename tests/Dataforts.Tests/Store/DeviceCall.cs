namespace Dataforts.Tests.Store;

/// <summary>One call to a device.</summary>
/// <param name="Deed">What is to be done.</param>
/// <param name="Path">To which file or folder; a move's target.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Bytes">How many bytes.</param>
internal readonly record struct DeviceCall(WatchedDeed Deed, string Path, long Offset = 0, long Bytes = 0)
{
    public bool IsSegment => Path.EndsWith(".segment", StringComparison.Ordinal);

    public bool IsHint => Path.EndsWith(".hint", StringComparison.Ordinal);
}
