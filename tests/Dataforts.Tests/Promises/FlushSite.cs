using Dataforts.Tests.Devices;

namespace Dataforts.Tests.Promises;

/// <summary>One place in the library that asks for a flush.</summary>
/// <param name="Call">The call, as <see cref="FlushCalls"/> names it.</param>
/// <param name="Why">What would be lost without it.</param>
/// <param name="IsIt">Whether an operation of the life below comes from here.</param>
/// <param name="LiveAsync">A short life of a store in which it matters.</param>
internal sealed record FlushSite(string Call, string Why, Func<DeviceOperation[], int, bool> IsIt, Func<DurableWorkload, Task> LiveAsync)
{
    /// <summary>Matters where power is lost again while the store is mended.</summary>
    public bool IsOfMending { get; init; }

    /// <summary>Where the life's store lies.</summary>
    public string StoreName { get; init; } = "some/where/store";

    /// <summary>Where its segments end.</summary>
    public long SegmentBytes { get; init; } = Store.SampleStore.SmallSegment;
}
