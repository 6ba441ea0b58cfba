using System.CommandLine;
using Dataforts.Cli.Arguments;

namespace Dataforts.Cli.Invocation;

/// <summary>The options every command has, before or after its name.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Store { get; } = CliOption.Value(
        "--store",
        "DIR",
        static value => value.Length > 0 ? Path.GetFullPath(value) : throw new FormatException("a folder is needed."),
        "The store's folder.");

    public Option<bool> Json { get; } = CliOption.Flag("--json", "Print results as JSON, one object a line, and errors as JSON on standard error.");

    public Option<bool> Quiet { get; } = CliOption.Flag("--quiet", "Draw no progress and make no remarks.");

    public Option<TimeSpan?> LockTimeout { get; } = CliOption.Value(
        "--lock-timeout",
        "SECONDS",
        static value => (TimeSpan?)QuantityParsers.WaitSeconds(value),
        "How long to wait for another process that writes to the store [default: 10].");

    public Option<long?> Capacity { get; } = CliOption.Value(
        "--capacity",
        "BYTES",
        static value => (long?)QuantityParsers.PositiveByteCount(value),
        "Let the store take at most so many bytes of disk, such as 100GiB; what would not fit is refused (exit 6) [default: no limit].");

    public Option<bool> Help { get; } = new("--help", "-h", "-?") { Description = "Show help.", Arity = ArgumentArity.Zero };

    public Option<bool> Version { get; } = CliOption.Flag("--version", "Show the version.");

    /// <summary>In the order help texts list them.</summary>
    public IReadOnlyList<Option> All => [Store, Json, Quiet, LockTimeout, Capacity, Help, Version];

    /// <summary>Makes them options of <paramref name="root"/> and everything below it.</summary>
    public void AddTo(Command root)
    {
        foreach (Option option in All)
        {
            option.Recursive = true;
            root.Add(option);
        }
    }
}
