namespace Dataforts.Channels;

/// <summary>What is wrong with a channel's name.</summary>
public enum ChannelNameFault
{
    /// <summary>It is empty.</summary>
    Empty,

    /// <summary>It has more than <see cref="ChannelLimits.MaxNameBytes"/> bytes.</summary>
    TooLong,

    /// <summary>A slash at an end, an empty segment, or one that is "." or "..".</summary>
    Format,

    /// <summary>A character that is none of a-z, 0-9, "-", "_", "." and "/".</summary>
    InvalidCharacter,
}
