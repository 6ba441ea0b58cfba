using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Directories;
using Dataforts.Lifecycle;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>gc</c>: removes what no name, pin or reference reaches.</summary>
internal sealed class GcCommand : CliCommand
{
    private readonly Option<bool> _dryRun = CliOption.Flag("--dry-run", "Only say what would be removed.");

    private readonly Option<bool> _now = CliOption.Flag("--now", "Do not wait for the grace period.");

    private readonly Option<long?> _rate = CliOption.Value(
        "--rate", "BYTES", static text => (long?)QuantityParsers.PositiveByteCount(text), "Remove at most so many bytes a second [default: no limit].");

    public GcCommand()
        : base("gc", "Remove what no name, pin or reference reaches any more.")
    {
        Add(_dryRun);
        Add(_now);
        Add(_rate);
    }

    public override string Details => """
        What was put without a name, and what a name or pin ceased to keep, is safe for 24 hours; --now does not wait for that. What a reader has
        open or a put is storing is never removed. When a node that tells what is kept cannot be read, nothing is removed, the node is named, and
        the exit code is 4. The room comes back with store compact.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts gc --dry-run", "See what would be removed."),
        new("dataforts gc --now && dataforts store compact", "Remove it at once and give the room back."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var options = new CollectionOptions { IsDryRun = context.Value(_dryRun), SkipsGrace = context.Value(_now) };
        if (context.Value(_rate) is { } rate) options = options with { Pace = new Pace(rate, context.Time) };
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, StoreSession.CountingOptions(context), cancellationToken);
        await using var collector = new Collector(store, new DirectoryLinks());
        CollectionReport report = await context.Progress.RunAsync("gc", null, (progress, cancelled) =>
            collector.CollectAsync(options, new CollectionProgressBar(progress), cancelled), cancellationToken);
        StoreSession.RemarkOnRefusals(context, store);
        Write(context, options, report);
        return ExitCode.Ok;
    }

    private static void Write(CommandContext context, CollectionOptions options, CollectionReport report)
    {
        if (!context.Json)
        {
            context.Results.Line($"{report.CollectedChunks} chunks of {report.CollectedBytes} bytes {(options.IsDryRun ? "would be removed" : "removed")}");
            context.Results.Line($"{report.LiveChunks} chunks of {report.LiveBytes} bytes stay, {report.WaitingChunks} of them only for their age");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteNumber("collectedChunks"u8, report.CollectedChunks);
        json.WriteUInt64("collectedBytes"u8, (ulong)report.CollectedBytes);
        json.WriteNumber("liveChunks"u8, report.LiveChunks);
        json.WriteUInt64("liveBytes"u8, (ulong)report.LiveBytes);
        json.WriteUInt64("garbageBytes"u8, (ulong)report.GarbageBytes);
        json.WriteNumber("waitingChunks"u8, report.WaitingChunks);
        json.WriteNumber("endedRoots"u8, report.EndedRoots);
        context.Results.EndObject();
    }
}
