using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Workers;

/// <summary><c>worker pace</c>: how fast a worker may go, also one that is running.</summary>
internal sealed class WorkerPaceCommand : CliCommand
{
    private const string None = "none";

    private readonly Argument<string> _name = new("NAME") { Description = "A worker that list shows." };
    private readonly Argument<string> _pace = new("BYTES|none") { Description = "Bytes a second, such as 50MiB, or none for no limit." };

    public WorkerPaceCommand()
        : base("pace", "Hold a worker to so many bytes a second.")
    {
        Add(_name);
        Add(_pace);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts worker pace scrub 50MiB", "Leave the device to others.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string typed = context.Value(_pace);
        long? rate = typed == None ? null : QuantityParsers.PositiveByteCount(typed);
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        WorkerDesk desk = WorkerSession.DeskOf(store);
        string name = context.Value(_name);
        desk.SetPace(name, rate);
        WorkerOutput.Write(context, desk.Find(name));
        return ExitCode.Ok;
    }
}
