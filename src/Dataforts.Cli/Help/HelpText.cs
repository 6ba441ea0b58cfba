using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Help;

/// <summary>Help for one command, as a person reads it: usage, arguments, options, examples, exit codes, environment.</summary>
internal static class HelpText
{
    private const int Width = 100;
    private const int WidestTerm = 30;

    public static string Of(CommandResult result, GlobalOptions global)
    {
        Command command = result.Command;
        var text = new StringBuilder();
        text.Append(command.Description).Append("\n\n");
        text.Append("Usage: ").Append(Usage(result)).Append("\n\n");
        var help = command as ICommandHelp;
        if (help?.Details is { } details) text.Append(details.TrimEnd()).Append("\n\n");
        Section(text, "Commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description)));
        Section(text, "Arguments", command.Arguments.Select(a => (a.Name, a.Description)));
        Section(text, "Options", command.Options.Where(o => !global.All.Contains(o) && !o.Hidden).Select(o => (Term(o), o.Description)));
        Section(text, "Options of every command, before or after its name", global.All.Select(o => (Term(o), o.Description)));
        Examples(text, help?.Examples ?? []);
        Section(text, "Environment", [(StoreLocation.Variable, "The store's folder when --store does not say; else dataforts in the user's data folder.")]);
        Section(text, "Exit codes", ExitCode.All.Select(e => (e.Code.ToString(CultureInfo.InvariantCulture), (string?)e.Meaning)));
        if (command.Subcommands.Count > 0) text.Append("'dataforts COMMAND --help' tells more of a command.\n\n");
        return text.ToString(0, text.Length - 1);
    }

    private static string Usage(CommandResult result)
    {
        var words = new List<string>();
        for (SymbolResult? at = result; at is CommandResult { Command.Name: string name }; at = at.Parent) words.Insert(0, name);
        if (result.Command.Subcommands.Count > 0) words.Add("COMMAND");
        foreach (Argument argument in result.Command.Arguments)
        {
            string word = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
            words.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{word}]" : word);
        }
        words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Term(Option option) =>
        string.Join(", ", option.Aliases.Where(alias => alias != "-?").Prepend(option.Name).OrderBy(name => name.Length))
        + (option.HelpName is { } value ? " " + value : "");

    private static void Examples(StringBuilder text, IReadOnlyList<CommandExample> examples)
    {
        if (examples.Count == 0) return;
        text.Append("Examples:\n");
        foreach (CommandExample example in examples)
            text.Append("  ").Append(example.CommandText).Append("\n      ").Append(example.Meaning).Append('\n');
        text.Append('\n');
    }

    private static void Section(StringBuilder text, string title, IEnumerable<(string Term, string? Meaning)> entries)
    {
        (string Term, string? Meaning)[] list = [.. entries];
        if (list.Length == 0) return;
        int column = list.Max(entry => entry.Term.Length <= WidestTerm ? entry.Term.Length : 0) + 4;
        text.Append(title).Append(":\n");
        foreach ((string term, string? meaning) in list)
        {
            text.Append("  ").Append(term);
            if (term.Length + 4 > column) text.Append('\n').Append(' ', column);
            else text.Append(' ', column - term.Length - 2);
            Wrap(text, meaning ?? "", column);
        }
        text.Append('\n');
    }

    private static void Wrap(StringBuilder text, string words, int indent)
    {
        int at = indent;
        foreach (string word in words.Split(' '))
        {
            if (at > indent && at + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', indent);
                at = indent;
            }
            else if (at > indent)
            {
                text.Append(' ');
                at++;
            }
            text.Append(word);
            at += word.Length;
        }
        text.Append('\n');
    }
}
