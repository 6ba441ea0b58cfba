using Dataforts.Cli.Errors;

namespace Dataforts.Cli.Json;

/// <summary>An item of input that cannot be answered with anything but an error; the run goes on.</summary>
internal sealed class ItemException(string kind, string message) : Exception(message)
{
    /// <summary>The word scripts see.</summary>
    public string Kind { get; } = kind;

    /// <summary>It is not what an item has to look like.</summary>
    public static ItemException Invalid(string message) => new(Failure.InvalidArgument, message);

    /// <summary>A number that the format has no room for.</summary>
    public static ItemException OutOfFormat(string message) => new(Failure.Decode, message);
}
