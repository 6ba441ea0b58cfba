namespace Dataforts.Mesh;

/// <summary>What this node knows of another: an immutable snapshot, replaced whole with each new announcement.</summary>
/// <param name="Announcement">Its newest announcement.</param>
/// <param name="Deadline">Until when that is believed, by this node's clock.</param>
/// <param name="RoundTrip">How far away it is, measured; null when it has not been.</param>
public sealed record Peer(Announcement Announcement, DateTimeOffset Deadline, TimeSpan? RoundTrip)
{
    /// <summary>The deadline on the clock of the directory that made this: a clock set forward or back must not end or prolong belief.</summary>
    internal TimeSpan Expires { get; init; } = TimeSpan.MaxValue;

    /// <summary>Who it is.</summary>
    public NodeId Id => Announcement.Author;

    /// <summary>What it says of itself.</summary>
    public Offer Offer => Announcement.Offer;
}
