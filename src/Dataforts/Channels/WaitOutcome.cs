namespace Dataforts.Channels;

/// <summary>How a wait for a write token ended.</summary>
public enum WaitOutcome
{
    /// <summary>The consumer has gone past the event: it has taken it in, or skipped it as bad.</summary>
    Reached,

    /// <summary>It has not, in the time given.</summary>
    TimedOut,

    /// <summary>The token is of another channel.</summary>
    WrongChannel,

    /// <summary>The event was lost with the machine's power, and will not come; its number may be another event's by now.</summary>
    Lost,

    /// <summary>As many wait as may.</summary>
    QueueFull,

    /// <summary>The consumer has stopped before it came so far.</summary>
    Stopped,
}
