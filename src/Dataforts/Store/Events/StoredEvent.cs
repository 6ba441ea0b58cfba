namespace Dataforts.Store.Events;

/// <summary>An event as it was read.</summary>
/// <param name="Sequence">Its number in its channel, from 0 on.</param>
/// <param name="WrittenAtMs">When it was appended, Unix milliseconds; what was appended together has one time.</param>
/// <param name="Epoch">The channel's epoch when it was appended.</param>
/// <param name="IsRef">Whether it was appended as a ref.</param>
/// <param name="Payload">Its bytes; they lie in the page it came with.</param>
internal readonly record struct StoredEvent(ulong Sequence, long WrittenAtMs, uint Epoch, bool IsRef, ReadOnlyMemory<byte> Payload);
