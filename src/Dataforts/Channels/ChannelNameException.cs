namespace Dataforts.Channels;

/// <summary>A text is no channel's name.</summary>
public sealed class ChannelNameException : ArgumentException
{
    internal ChannelNameException(ChannelNameFault fault, string message, int length, char? character)
        : base(message) => (Fault, Length, Character) = (fault, length, character);

    /// <summary>What is wrong.</summary>
    public ChannelNameFault Fault { get; }

    /// <summary>How many characters the text has.</summary>
    public int Length { get; }

    /// <summary>The first character that is not allowed; null when they all are.</summary>
    public char? Character { get; }
}
