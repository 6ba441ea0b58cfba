using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Workers;

/// <summary><c>worker pause</c> and <c>worker resume</c>. They need no writer's claim: a node that runs hears of it.</summary>
internal sealed class WorkerPauseCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "A worker that list shows." };
    private readonly bool _pauses;

    private WorkerPauseCommand(string name, string description, bool pauses)
        : base(name, description)
    {
        _pauses = pauses;
        Add(_name);
    }

    public static WorkerPauseCommand Pause() =>
        new("pause", "Let a worker rest until it is resumed, in this process and all others.", pauses: true);

    public static WorkerPauseCommand Resume() => new("resume", "Let a paused worker go on.", pauses: false);

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        WorkerDesk desk = WorkerSession.DeskOf(store);
        string name = context.Value(_name);
        if (_pauses) desk.Pause(name);
        else desk.Resume(name);
        WorkerOutput.Write(context, desk.Find(name));
        return ExitCode.Ok;
    }
}
