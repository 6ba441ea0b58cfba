using System.CommandLine;

namespace Dataforts.Cli.Arguments;

/// <summary>Makes options that parse without reflection and say plainly what is wrong with a value.</summary>
internal static class CliOption
{
    /// <summary>An option that is there or not and never takes the word behind it.</summary>
    public static Option<bool> Flag(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.Zero,
    };

    /// <summary>An option with a value.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="valueName">What the value is called in help texts.</param>
    /// <param name="parse">Reads it; throws <see cref="FormatException"/> or <see cref="ArgumentException"/> with a message for a person.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="aliases">Other names.</param>
    public static Option<T?> Value<T>(string name, string valueName, Func<string, T> parse, string description, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = valueName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                try
                {
                    return parse(result.Tokens[0].Value);
                }
                catch (Exception error) when (error is FormatException or ArgumentException)
                {
                    result.AddError($"{name}: {error.Message}");
                    return default;
                }
            },
        };

    /// <summary>An option with a value from a short list.</summary>
    public static Option<string?> Choice(string name, string description, params string[] values)
    {
        string list = string.Join('|', values);
        Option<string?> option = Value(
            name,
            list,
            value => values.Contains(value) ? value : throw new FormatException($"'{value}' is none of {list}."),
            description);
        option.CompletionSources.Add(_ => values.Select(value => new System.CommandLine.Completions.CompletionItem(value)));
        return option;
    }
}
