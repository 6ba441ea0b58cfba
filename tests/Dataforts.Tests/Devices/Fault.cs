namespace Dataforts.Tests.Devices;

/// <summary>One thing that goes wrong: the n-th operation of a sort, that one only or every one from there on.</summary>
/// <param name="Deed">The sort.</param>
/// <param name="Number">Which one, from 0.</param>
/// <param name="Error">The error number, as Linux has them.</param>
/// <param name="IsLasting">Whether it goes on.</param>
internal sealed record Fault(DeviceDeed Deed, int Number, int Error, bool IsLasting = false)
{
    public const int Io = 5;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;

    /// <summary>A write that fails has written the first half.</summary>
    public bool WritesHalf { get; init; }

    /// <summary>A flush of data that fails forgets what was written since the one before, and the file has zeros there.</summary>
    public bool LosesPages { get; init; }

    /// <summary>Only files and folders whose path ends so.</summary>
    public string Where { get; init; } = "";

    /// <summary>The kind of error a store makes of it.</summary>
    public ErrorKind Kind => Error switch { NoSpace => ErrorKind.NoSpace, ReadOnly => ErrorKind.ReadOnly, _ => ErrorKind.Io };
}
