using System.CommandLine;
using Dataforts.Cli.Arguments;

namespace Dataforts.Cli.Commands.Channels;

/// <summary>The argument and options that channel commands have in common.</summary>
internal static class ChannelArgument
{
    public static Argument<string> Name() => new("NAME")
    {
        Description = "A channel: 1 to 255 of a-z, 0-9, -, _ and ., in segments between slashes.",
    };

    /// <summary>How many events stay; one always does.</summary>
    /// <exception cref="FormatException">It is no number, or 0.</exception>
    public static long Kept(string text) =>
        QuantityParsers.Count(text) is > 0 and long count ? count : throw new FormatException("at least one event stays.");

    /// <summary>A number of an event.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ulong Sequence(string text) =>
        ulong.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new FormatException($"'{text}' is not an event's number.");
}
