namespace Dataforts.Store.Events;

/// <summary>What retention has to know of an event.</summary>
/// <param name="Sequence">Its number; higher than the one asked for where that cannot be read, and this is the next that can.</param>
/// <param name="BytesBefore">Payload bytes of its run's events before it.</param>
/// <param name="WrittenAtMs">When it was written, Unix milliseconds.</param>
/// <param name="Length">Its payload bytes.</param>
internal readonly record struct FrontEvent(ulong Sequence, long BytesBefore, long WrittenAtMs, int Length);
