using System.CommandLine;
using System.CommandLine.Parsing;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Help;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Output;

namespace Dataforts.Cli;

/// <summary>From the words that were typed to an exit code.</summary>
internal static class Dispatcher
{
    // A path that begins with @ is a path, and -hx is a mistake.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Runs a command line. Never throws: every failure is reported and becomes an exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var diagnostics = new ErrorOutput(environment.Error, AsksForJson(args));
        using var results = new ResultWriter(environment.Output);
        try
        {
            int exitCode = await DispatchAsync(args, environment, results, diagnostics, cancellationToken);
            results.Flush();
            return exitCode;
        }
        catch (Exception error)
        {
            // What was finished before the failure is still the caller's; if it cannot be had, the first failure is the one to tell of.
            _ = error is BrokenPipeException || results.TryFlush();
            Failure failure = Failure.Of(error);
            diagnostics.Report(failure);
            return failure.ExitCode;
        }
    }

    private static async Task<int> DispatchAsync(
        string[] args, CliEnvironment environment, ResultWriter results, ErrorOutput diagnostics, CancellationToken cancellationToken)
    {
        var options = new GlobalOptions();
        Command root = CommandTree.Build(options);
        if (args.Length > 0 && Completion.IsRequest(args[0]))
        {
            Completion.Answer(root, args, results);
            return ExitCode.Ok;
        }
        ParseResult parsed = root.Parse(args, Parsing);
        Command command = parsed.CommandResult.Command;
        if (IsTyped(parsed, options.Help))
        {
            results.Text(HelpText.Of(parsed.CommandResult, options));
            return ExitCode.Ok;
        }
        if (IsTyped(parsed, options.Version))
        {
            PrintVersion(results, AsksForJson(args));
            return ExitCode.Ok;
        }
        if (args.Length == 0) diagnostics.Text(HelpText.Of(parsed.CommandResult, options) + "\n");
        RejectMistakes(args, parsed);
        var context = new CommandContext(environment, options, parsed, results);
        return await ((CliCommand)command).RunAsync(context, cancellationToken);
    }

    private static void PrintVersion(ResultWriter results, bool json)
    {
        if (json)
        {
            results.BeginObject().WriteString("version"u8, ProductVersion.Text);
            results.EndObject();
        }
        else
        {
            results.Line($"{CommandTree.RootName} {ProductVersion.Text}");
        }
    }

    private static void RejectMistakes(string[] args, ParseResult parsed)
    {
        var mistakes = new List<string>();
        mistakes.AddRange(UnknownOptions(parsed).Select(word => $"There is no option {word} here."));
        mistakes.AddRange(MisplacedValues(args, parsed));
        // The parser has its own word for an unknown command besides, that one is missing.
        bool unknown = parsed.UnmatchedTokens.Count > 0;
        mistakes.AddRange(parsed.Errors
            .Select(error => error.Message)
            .Where(message => !unknown || !message.StartsWith("Required command", StringComparison.Ordinal)));
        if (mistakes.Count == 0) return;
        string help = string.Join(' ', Chain(parsed.CommandResult).Select(c => c.Command.Name).Reverse());
        throw CliException.Usage($"{string.Join(" ", mistakes.Distinct())} Try '{help} --help'.");
    }

    /// <summary>The parser hands an unknown option on as an argument where it can. Here only what stands behind <c>--</c> is one.</summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parsed)
    {
        HashSet<Token> values = new(ReferenceEqualityComparer.Instance);
        foreach (OptionResult option in Chain(parsed.CommandResult).SelectMany(c => c.Children.OfType<OptionResult>()))
            values.UnionWith(option.Tokens);
        return parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-' && !values.Contains(token))
            .Select(token => token.Value);
    }

    /// <summary>The parser makes arguments of a flag's value, and of <c>--option=</c> an option that takes the next word.</summary>
    private static IEnumerable<string> MisplacedValues(string[] args, ParseResult parsed)
    {
        Option[] options = [.. Chain(parsed.CommandResult).SelectMany(c => c.Command.Options)];
        foreach (string arg in args.TakeWhile(arg => arg != "--"))
        {
            int end = arg.AsSpan().IndexOfAny('=', ':');
            if (end < 0 || options.FirstOrDefault(option => option.Name.AsSpan().SequenceEqual(arg.AsSpan(0, end))) is not { } option) continue;
            if (option.Arity.MaximumNumberOfValues == 0) yield return $"{option.Name} takes no value.";
            else if (end == arg.Length - 1) yield return $"{option.Name} needs a value.";
        }
    }

    private static IEnumerable<CommandResult> Chain(CommandResult innermost)
    {
        for (CommandResult? result = innermost; result is not null; result = result.Parent as CommandResult)
            yield return result;
    }

    private static bool IsTyped(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Answered without parsing, because errors of parsing are to be told in that form too.</summary>
    public static bool AsksForJson(string[] args) => args.TakeWhile(arg => arg != "--").Contains("--json");
}
