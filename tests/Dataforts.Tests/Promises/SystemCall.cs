using System.Globalization;
using System.Text.RegularExpressions;

namespace Dataforts.Tests.Promises;

/// <summary>One call of a process to the system, as strace tells it with -f -y.</summary>
/// <param name="Name">Which call.</param>
/// <param name="Arguments">Its arguments, as they stand there.</param>
/// <param name="Returned">What came back.</param>
/// <param name="Began">The line of the record on which it began.</param>
/// <param name="Ended">The line on which it ended.</param>
internal sealed partial record SystemCall(string Name, string Arguments, long Returned, int Began, int Ended)
{
    /// <summary>The path of the file that the first argument is the descriptor of; empty for none.</summary>
    public string FilePath => Descriptor().Match(Arguments) is { Success: true } match ? match.Groups["path"].Value : "";

    /// <summary>The strings among the arguments.</summary>
    public string[] Strings => [.. Quoted().Matches(Arguments).Select(match => match.Groups["text"].Value)];

    /// <summary>The last argument, as a number.</summary>
    public long Last => long.Parse(Arguments[(Arguments.LastIndexOf(',') + 1)..].Trim(), CultureInfo.InvariantCulture);

    /// <summary>The calls that came back, in the order in which they did.</summary>
    public static List<SystemCall> Parse(IEnumerable<string> lines)
    {
        var calls = new List<SystemCall>();
        var begun = new Dictionary<string, (string Text, int Line)>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            int space = line.IndexOf(' ');
            if (space < 0) continue;
            string thread = line[..space], text = line[space..].Trim();
            int began = number;
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                begun[thread] = (text[..^"<unfinished ...>".Length].TrimEnd(), number);
                continue;
            }
            if (Resumed().Match(text) is { Success: true } resumed && begun.Remove(thread, out (string Text, int Line) start))
            {
                text = start.Text + text[resumed.Length..];
                began = start.Line;
            }
            if (Whole().Match(text) is not { Success: true } call) continue;
            calls.Add(new SystemCall(call.Groups["name"].Value, call.Groups["arguments"].Value,
                long.Parse(call.Groups["result"].Value, CultureInfo.InvariantCulture), began, number));
        }
        return calls;
    }

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\)\s+=\s+(?<result>-?\d+)")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>,?\s*")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^\d+<(?<path>/[^>]*)>")]
    private static partial Regex Descriptor();

    [GeneratedRegex("\"(?<text>[^\"]*)\"")]
    private static partial Regex Quoted();
}
