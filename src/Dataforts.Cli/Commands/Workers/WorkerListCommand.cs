using Dataforts.Blobs;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Workers;

/// <summary><c>worker list</c>: what a store's workers are doing.</summary>
internal sealed class WorkerListCommand() : CliCommand("list", "Show each worker's state, progress, last error and next run.")
{
    public override string Details => """
        Workers run in a node that has the store open, or when they are told to. What is shown is what that process last kept, seconds ago at most.
        """;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        foreach (WorkerStatus worker in WorkerSession.DeskOf(store).List()) WorkerOutput.Write(context, worker);
        return ExitCode.Ok;
    }
}
