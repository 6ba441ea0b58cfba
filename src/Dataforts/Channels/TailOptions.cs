namespace Dataforts.Channels;

/// <summary>How a channel is tailed.</summary>
public sealed record TailOptions
{
    /// <summary>How many events the reader may be behind before it is taken forward to half of that, and told of the gap.</summary>
    /// <value>Null: any number that is retained. A tail holds one page of events however far behind it is.</value>
    public long? MaxLagEvents
    {
        get;
        init
        {
            if (value is { } events) ArgumentOutOfRangeException.ThrowIfLessThan(events, 1, nameof(value));
            field = value;
        }
    }

    /// <summary>Whether to end at what was the end when the tail began, instead of waiting for more.</summary>
    public bool EndsAtEnd { get; init; }

    /// <summary>How often to look for what another process has appended; a tail in the process that writes is woken.</summary>
    /// <value>50 ms.</value>
    public TimeSpan PollEvery
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(50);
}
