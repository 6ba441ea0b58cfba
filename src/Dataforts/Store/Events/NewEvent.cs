namespace Dataforts.Store.Events;

/// <summary>An event to be appended.</summary>
/// <param name="Payload">At most <see cref="EventLimits.MaxEventBytes"/>; the caller's again when the append returns.</param>
/// <param name="IsRef">Whether the payload is an encoded ref, whose blob the event then keeps. It is said here and never guessed from the bytes.</param>
/// <param name="IsDirectory">Whether a ref is that of a directory's manifest, and keeps what this lists.</param>
internal readonly record struct NewEvent(ReadOnlyMemory<byte> Payload, bool IsRef = false, bool IsDirectory = false);
