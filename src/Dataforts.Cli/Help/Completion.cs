using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Dataforts.Cli.Output;

namespace Dataforts.Cli.Help;

/// <summary>Answers the scripts of <see cref="CompletionScript"/>: <c>dataforts '[suggest:POSITION]' 'COMMAND LINE'</c>.</summary>
internal static class Completion
{
    private const string Start = "[suggest";

    public static bool IsRequest(string firstWord) =>
        firstWord.StartsWith(Start, StringComparison.Ordinal)
        && firstWord.EndsWith(']')
        && (firstWord.Length == Start.Length + 1 || firstWord[Start.Length] == ':');

    /// <summary>Prints what may stand at the position, one word a line.</summary>
    public static void Answer(Command root, string[] args, ResultWriter results)
    {
        string line = args.Length > 1 ? args[1] : "";
        string digits = args[0].Length > Start.Length + 1 ? args[0][(Start.Length + 1)..^1] : "";
        bool known = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int position);
        // Shells drop the space behind the last word, or count the cursor behind it.
        position = known ? position : line.Length;
        if (position > line.Length) line = line.PadRight(Math.Min(position, line.Length + 1));
        ParseResult parsed = CommandLineParser.Parse(root, line);
        foreach (CompletionItem item in parsed.GetCompletions(Math.Min(position, line.Length)))
            results.Line(item.InsertText ?? item.Label);
    }
}
