using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>rm</c>: removes a name.</summary>
internal sealed class RmCommand : CliCommand
{
    private readonly Argument<string> _name = TargetArgument.Name();

    public RmCommand()
        : base("rm", "Remove a name. What it stood for stays until it is collected.")
    {
        Add(_name);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts rm models/latest", "Forget a name.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (BlobTarget.Parse(context.Value(_name)).Name is not { } name) throw CliException.Usage("rm takes a name, not a ref");
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: false, cancellationToken);
        if (!store.Chunks.RemoveName(name)) throw StoreSession.NameNotFound(name);
        if (context.Json)
        {
            context.Results.BeginObject().WriteString("removed"u8, name);
            context.Results.EndObject();
        }
        return ExitCode.Ok;
    }
}
