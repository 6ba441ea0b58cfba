namespace Dataforts.Cli.Invocation;

/// <summary>What a help text has beyond arguments and options.</summary>
internal interface ICommandHelp
{
    /// <summary>Paragraphs behind the first line; null for none. Line breaks are kept.</summary>
    string? Details { get; }

    /// <summary>Command lines to copy.</summary>
    IReadOnlyList<CommandExample> Examples { get; }
}
