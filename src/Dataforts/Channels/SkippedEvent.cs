namespace Dataforts.Channels;

/// <summary>Events that a consumer went past without taking them in.</summary>
/// <param name="From">The first.</param>
/// <param name="End">The number behind the last.</param>
/// <param name="Reason">Why, for a person.</param>
public readonly record struct SkippedEvent(ulong From, ulong End, string Reason);
