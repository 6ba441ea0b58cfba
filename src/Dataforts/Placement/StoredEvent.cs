namespace Dataforts.Placement;

/// <summary>An event as a copy keeps it.</summary>
/// <param name="TimeMs">When it was published, in Unix milliseconds, as its publisher says.</param>
/// <param name="Payload">Its bytes.</param>
internal readonly record struct StoredEvent(long TimeMs, byte[] Payload);
