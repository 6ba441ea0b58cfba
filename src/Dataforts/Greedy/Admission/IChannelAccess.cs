namespace Dataforts.Greedy.Admission;

/// <summary>Says what a node may hold copies of.</summary>
/// <remarks>Asked when an answer is not known yet, not for each event; the answer holds until the node's options or capabilities, or the
/// publisher's, change.</remarks>
public interface IChannelAccess
{
    /// <summary>Whether copies of a publisher's events on a channel may be held.</summary>
    bool MayCache(string channel, ulong origin);
}
