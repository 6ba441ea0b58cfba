using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>store rebuild</c>: makes anew what is derived from the log.</summary>
internal sealed class StoreRebuildCommand() : CliCommand("rebuild", "Make the index of names and the checkpoint anew from the log.")
{
    public override string Details => """
        Every byte of the log is verified. Damaged records are given up, so that their content can be put again; whole ones stay.
        """;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        StoreInfoCommand.Write(context, await ChunkStore.RebuildAsync(StoreSession.Options(context), cancellationToken), [], []);
        return ExitCode.Ok;
    }
}
