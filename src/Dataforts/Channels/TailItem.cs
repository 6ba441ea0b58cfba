namespace Dataforts.Channels;

/// <summary>What a tail delivers: an event, or word of events that it cannot deliver.</summary>
public readonly record struct TailItem
{
    private TailItem(ChannelEvent one, ulong gapEnd, GapReason reason) => (Event, GapEnd, Gap) = (one, gapEnd, reason);

    /// <summary>The event; where there is a gap, only its number says something: the first that is missing.</summary>
    public ChannelEvent Event { get; }

    /// <summary>Why events are missing; <see cref="GapReason.None"/> for an event.</summary>
    public GapReason Gap { get; }

    /// <summary>Whether this tells of missing events.</summary>
    public bool IsGap => Gap != GapReason.None;

    /// <summary>The first number that is missing, or the event's.</summary>
    public ulong From => Event.Sequence;

    /// <summary>The number behind the last that is missing; 0 for an event.</summary>
    public ulong GapEnd { get; }

    /// <summary>An event.</summary>
    public static TailItem Of(in ChannelEvent one) => new(one, 0, GapReason.None);

    /// <summary>Missing events, from the first to before <paramref name="end"/>.</summary>
    public static TailItem Missing(ulong from, ulong end, GapReason reason) => new(new ChannelEvent { Sequence = from }, end, reason);
}
