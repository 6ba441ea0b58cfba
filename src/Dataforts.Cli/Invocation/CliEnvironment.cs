using Dataforts.Cli.Output;

namespace Dataforts.Cli.Invocation;

/// <summary>What surrounds a command: streams, terminal, environment variables, time. Tests put their own in its place.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Standard input, opened on first use.</summary>
    public required Func<Stream> OpenInput { get; init; }

    public required Stream Output { get; init; }

    public required Stream Error { get; init; }

    /// <summary>Whether standard error is a terminal, so that progress may be drawn there.</summary>
    public bool ErrorIsTerminal { get; init; }

    public Func<string, string?> GetVariable { get; init; } = static _ => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliEnvironment OfProcess() => new()
    {
        OpenInput = Console.OpenStandardInput,
        Output = StandardStream.Output(),
        Error = StandardStream.Error(),
        ErrorIsTerminal = !Console.IsErrorRedirected,
        GetVariable = Environment.GetEnvironmentVariable,
    };
}
