using System.CommandLine;
using System.CommandLine.Parsing;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Help;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Output;

namespace Dataforts.Cli;

/// <summary>From the words that were typed to an exit code.</summary>
internal static class CommandLine
{
    // A path that begins with @ is a path, and -hx is a mistake.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Runs a command line. Never throws: every failure is reported and becomes an exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var diagnostics = new Diagnostics(environment.Error, AsksForJson(args));
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
        string[] args, CliEnvironment environment, ResultWriter results, Diagnostics diagnostics, CancellationToken cancellationToken)
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
        mistakes.AddRange(FlagsWithValues(args, parsed).Select(word => $"{word} takes no value."));
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

    private static IEnumerable<string> FlagsWithValues(string[] args, ParseResult parsed)
    {
        string[] flags = [.. Chain(parsed.CommandResult)
            .SelectMany(c => c.Command.Options)
            .Where(option => option.Arity.MaximumNumberOfValues == 0)
            .Select(option => option.Name)];
        return args
            .TakeWhile(arg => arg != "--")
            .SelectMany(arg => flags.Where(flag =>
                arg.Length > flag.Length && arg.StartsWith(flag, StringComparison.Ordinal) && arg[flag.Length] is '=' or ':'));
    }

    private static IEnumerable<CommandResult> Chain(CommandResult innermost)
    {
        for (CommandResult? result = innermost; result is not null; result = result.Parent as CommandResult)
            yield return result;
    }

    private static bool IsTyped(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Answered without parsing, because errors of parsing are to be told in that form too.</summary>
    private static bool AsksForJson(string[] args) => args.TakeWhile(arg => arg != "--").Contains("--json");
}
