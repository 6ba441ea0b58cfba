namespace Dataforts.Channels;

/// <summary>Events that were read together.</summary>
/// <param name="Events">In order, without a hole between them.</param>
/// <param name="Next">Where to read on: behind the last event; behind the gap where there is one; where nothing is yet, what was asked for.</param>
/// <param name="Gap">Why the events from the one asked for up to <paramref name="Next"/> are not there; only where <paramref name="Events"/> is empty.</param>
public sealed record EventRange(IReadOnlyList<ChannelEvent> Events, ulong Next, GapReason Gap);
