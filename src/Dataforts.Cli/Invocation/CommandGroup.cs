using System.CommandLine;

namespace Dataforts.Cli.Invocation;

/// <summary>A word that only gathers commands.</summary>
internal sealed class CommandGroup : Command, ICommandHelp
{
    public CommandGroup(string name, string description, params ReadOnlySpan<Command> commands)
        : base(name, description)
    {
        foreach (Command command in commands) Add(command);
    }

    /// <inheritdoc/>
    public string? Details { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<CommandExample> Examples { get; init; } = [];
}
