namespace Dataforts.Cli.Errors;

/// <summary>A failure that the command line itself finds. What the library finds is in <see cref="Failure"/>'s table.</summary>
internal sealed class CliException : Exception
{
    public CliException(string kind, int exitCode, string message)
        : base(message) => (Kind, ExitCode) = (kind, exitCode);

    /// <summary>The word scripts see.</summary>
    public string Kind { get; }

    public int ExitCode { get; }

    /// <summary>Something that was typed does not parse or does not fit together.</summary>
    public static CliException Usage(string message) => new(Failure.InvalidArgument, Errors.ExitCode.Usage, message);

    /// <summary>An input path that leads nowhere.</summary>
    public static CliException PathNotFound(string path) =>
        new("PathNotFound", Errors.ExitCode.NotFound, $"there is no file at '{path}'");
}
