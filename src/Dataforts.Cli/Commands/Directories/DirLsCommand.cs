using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content.Directories;
using Dataforts.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary><c>dir ls</c>: the entries of a tree.</summary>
internal sealed class DirLsCommand : CliCommand
{
    private readonly Argument<string> _target = TargetArgument.RefOrName();

    private readonly Argument<string?> _below = new("PATH") { Description = "Only what is there or below.", Arity = ArgumentArity.ZeroOrOne };

    public DirLsCommand()
        : base("ls", "List the entries of a tree, in order.")
    {
        Add(_target);
        Add(_below);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts dir ls builds/latest bin", "What is below bin in a tree.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget target = BlobTarget.Parse(context.Value(_target));
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        string below = context.Value(_below) ?? "";
        await foreach (DirectoryEntry entry in new DirectoryStore(store).ListAsync(store.Resolve(target), below, cancellationToken))
        {
            if (!context.Json)
            {
                context.Results.Line(TreeReport.LineOf(entry));
                continue;
            }
            Utf8JsonWriter json = context.Results.BeginObject();
            TreeReport.WriteEntry(json, entry);
            context.Results.EndObject();
        }
        return ExitCode.Ok;
    }
}
