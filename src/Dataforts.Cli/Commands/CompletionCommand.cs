using System.CommandLine;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Help;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands;

/// <summary><c>completion</c>: the script that makes a shell complete this program's words.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = string.Join(", ", CompletionScript.Shells) + "." };

    public CompletionCommand()
        : base("completion", "Print a script that makes a shell complete commands and options.")
    {
        _shell.CompletionSources.Add(_ => CompletionScript.Shells.Select(shell => new System.CommandLine.Completions.CompletionItem(shell)));
        Add(_shell);
    }

    public override string Details => """
        The script asks the program itself, by the name of dataforts, which has to be on the PATH or be typed with its path.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("source <(dataforts completion bash)", "For this bash; put the line into ~/.bashrc for all."),
        new("source <(dataforts completion zsh)", "The same for zsh, in ~/.zshrc behind compinit."),
        new("dataforts completion fish | source", "For this fish; for all: > ~/.config/fish/completions/dataforts.fish"),
        new("dataforts completion pwsh | Out-String | Invoke-Expression", "For this PowerShell; for all: in $PROFILE."),
    ];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string shell = context.Value(_shell);
        context.Results.Text(CompletionScript.For(shell)
            ?? throw CliException.Usage($"'{shell}' is none of {string.Join(", ", CompletionScript.Shells)}"));
        return Task.FromResult(ExitCode.Ok);
    }
}
