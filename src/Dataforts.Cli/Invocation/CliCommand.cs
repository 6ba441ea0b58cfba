using System.CommandLine;

namespace Dataforts.Cli.Invocation;

/// <summary>A command that does something. One class a command, in a file of its own; the command tree lists them.</summary>
internal abstract class CliCommand : Command, ICommandHelp
{
    /// <param name="name">As it is typed.</param>
    /// <param name="description">One sentence; it is the first line of the help text.</param>
    protected CliCommand(string name, string description)
        : base(name, description)
    {
    }

    /// <inheritdoc/>
    public virtual string? Details => null;

    /// <inheritdoc/>
    public virtual IReadOnlyList<CommandExample> Examples => [];

    /// <summary>Does it. Results go to <see cref="CommandContext.Results"/>, failures are thrown.</summary>
    /// <returns>The exit code; 0 unless the results themselves say that something is wrong.</returns>
    public abstract Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken);
}
