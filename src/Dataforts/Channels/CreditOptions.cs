namespace Dataforts.Channels;

/// <summary>How much appends may have under way before they wait.</summary>
public sealed record CreditOptions
{
    /// <summary>Payload bytes of one channel; a payload that is longer goes alone.</summary>
    /// <value><see cref="ChannelLimits.DefaultChannelCreditBytes"/>.</value>
    public long ChannelBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = ChannelLimits.DefaultChannelCreditBytes;

    /// <summary>Events of one channel; a batch that has more goes alone.</summary>
    /// <value><see cref="ChannelLimits.DefaultChannelCreditEvents"/>.</value>
    public int ChannelEvents
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = ChannelLimits.DefaultChannelCreditEvents;

    /// <summary>Payload bytes of all channels together. Of the channels that have nothing under way one at a time may go beyond it with one append, so
    /// that no payload is too long for it.</summary>
    /// <value><see cref="ChannelLimits.DefaultCreditBytes"/>.</value>
    public long TotalBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = ChannelLimits.DefaultCreditBytes;

    /// <summary>Appends of one channel that wait for credit.</summary>
    /// <value><see cref="ChannelLimits.DefaultMaxWaitingAppends"/>; one more is refused as LimitExceeded.</value>
    public int MaxWaiting
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = ChannelLimits.DefaultMaxWaitingAppends;
}
