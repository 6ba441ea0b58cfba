using System.CommandLine;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>The arguments that say which blob is meant.</summary>
internal static class TargetArgument
{
    public static Argument<string> RefOrName() => new("REF|NAME")
    {
        Description = "A ref (df1-… or its hex) or a name.",
    };

    public static Argument<string> Ref() => new("REF")
    {
        Description = "A ref: df1-… or its hex, which begins with b0b1b2b3.",
    };

    public static Argument<string> Name() => new("NAME")
    {
        Description = "1 to 1,024 bytes of UTF-8 without control characters.",
    };
}
