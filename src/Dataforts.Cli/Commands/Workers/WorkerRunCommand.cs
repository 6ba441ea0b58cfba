using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Workers;

/// <summary><c>worker run</c>: runs one worker now, in this process.</summary>
internal sealed class WorkerRunCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "A worker that list shows." };

    public WorkerRunCommand()
        : base("run", "Run a worker now, to its end.")
    {
        Add(_name);
    }

    public override string Details => """
        The store is open for writing meanwhile. Ended at any point, or paused from elsewhere, another run goes on where this one was. Exit 4 when
        the run found something that is wrong; a paused worker is not run.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
        [new("dataforts worker run scrub", "Verify what the device holds, and quarantine what is wrong.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string name = context.Value(_name);
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: false, cancellationToken);
        await using WorkerHost host = WorkerSession.HostOf(store);
        WorkerStatus worker = await context.Progress.RunAsync(name, null, (progress, cancelled) =>
            host.RunAsync(name, new WorkerProgressBar(progress), cancelled), cancellationToken);
        StoreSession.RemarkOnRefusals(context, store);
        WorkerOutput.Write(context, worker);
        return worker.LastError is null ? ExitCode.Ok : ExitCode.Integrity;
    }
}
