using System.CommandLine;
using Dataforts.Cli.Input;
using Dataforts.Cli.Output;

namespace Dataforts.Cli.Invocation;

/// <summary>What one run of a command has at hand.</summary>
internal sealed class CommandContext
{
    private readonly CliEnvironment _environment;
    private readonly GlobalOptions _options;
    private readonly ParseResult _parsed;
    private string? _storePath;

    public CommandContext(CliEnvironment environment, GlobalOptions options, ParseResult parsed, ResultWriter results)
    {
        (_environment, _options, _parsed, Results) = (environment, options, parsed, results);
        Json = parsed.GetValue(options.Json);
        bool quiet = parsed.GetValue(options.Quiet);
        ErrorOutput = new ErrorOutput(environment.Error, Json) { ShowsRemarks = !Json && !quiet };
        bool showsProgress = environment.ErrorIsTerminal && !quiet && !Json;
        Progress = new ProgressDisplay(environment.Error, showsProgress);
        ProgressAmidOutput = new ProgressDisplay(environment.Error, showsProgress && !environment.OutputIsTerminal);
    }

    /// <summary>Whether results are wanted as JSON.</summary>
    public bool Json { get; }

    /// <summary>Standard output.</summary>
    public ResultWriter Results { get; }

    /// <summary>Standard error.</summary>
    public ErrorOutput ErrorOutput { get; }

    /// <summary>Progress on standard error, if there is a terminal.</summary>
    public ProgressDisplay Progress { get; }

    /// <summary>The same for work that writes to standard output all the while: nothing when that is a terminal too.</summary>
    public ProgressDisplay ProgressAmidOutput { get; }

    /// <summary>The store's folder, as a full path; nothing has looked whether it is there.</summary>
    public string StorePath => _storePath ??= _parsed.GetValue(_options.Store) ?? StoreLocation.Default(_environment.GetVariable);

    /// <summary>How long to wait for another writer.</summary>
    public TimeSpan LockTimeout => _parsed.GetValue(_options.LockTimeout) ?? TimeSpan.FromSeconds(10);

    /// <summary>How many bytes of disk the store may take; null for no limit.</summary>
    public long? CapacityBytes => _parsed.GetValue(_options.Capacity);

    /// <summary>The clock.</summary>
    public TimeProvider Time => _environment.Time;

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="Errors.CliException">There is no such file, or it is a folder.</exception>
    public Task<InputSource> OpenInputAsync(string path, CancellationToken cancellationToken) =>
        InputSource.OpenAsync(path, _environment.OpenInput, cancellationToken);

    /// <summary>An option's value; its default when it was not typed.</summary>
    public T? Value<T>(Option<T> option) => _parsed.GetValue(option);

    /// <summary>An argument's value.</summary>
    public T Value<T>(Argument<T> argument) => argument.Arity.MinimumNumberOfValues == 0 ? _parsed.GetValue(argument)! : _parsed.GetRequiredValue(argument);

    /// <summary>Whether an option was typed.</summary>
    public bool Has(Option option) => _parsed.GetResult(option) is { Implicit: false };
}
