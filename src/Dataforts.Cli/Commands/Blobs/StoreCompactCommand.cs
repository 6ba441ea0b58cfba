using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>store compact</c>: gives the room of what is of no use any more back to the device.</summary>
internal sealed class StoreCompactCommand : CliCommand
{
    private readonly Option<double?> _minGarbage = CliOption.Value(
        "--min-garbage", "R", static text => (double?)Ratio(text), "Rewrite segments with at least this share of garbage, above 0 to 1 [default: 0.5].");

    private readonly Option<long?> _rate = CliOption.Value(
        "--rate",
        "BYTES",
        static text => (long?)QuantityParsers.PositiveByteCount(text),
        "Copy at most so many bytes a second, such as 50MiB [default: no limit].");

    public StoreCompactCommand()
        : base("compact", "Rewrite segments that are mostly garbage, and remove them.")
    {
        Add(_minGarbage);
        Add(_rate);
    }

    public override string Details => """
        What lives in such a segment is verified, written anew and flushed before the file goes. Ended at any point it loses nothing, and readers
        may work beside it. Exit 4 when a segment has to stay because something in it cannot be read; verify says what.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts store compact", "Regain room from segments of which half or more is garbage."),
        new("dataforts store compact --min-garbage 0.2 --rate 50MiB", "Regain more, and leave the device to others."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var options = new CompactionOptions { BytesPerSecond = context.Value(_rate) };
        if (context.Value(_minGarbage) is { } ratio) options = options with { MinGarbageRatio = ratio };
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: false, cancellationToken);
        CompactionProgress done = await context.Progress.RunAsync("compact", null, (progress, cancelled) =>
            store.Chunks.CompactAsync(options, new CompactionProgressBar(progress), cancelled), cancellationToken);
        StoreSession.RemarkOnRefusals(context, store);
        Write(context, done);
        return done.SkippedSegments == 0 ? ExitCode.Ok : ExitCode.Integrity;
    }

    private static void Write(CommandContext context, CompactionProgress done)
    {
        if (!context.Json)
        {
            context.Results.Line($"{done.RegainedBytes} bytes regained and {done.CopiedBytes} copied, {done.Segments} segments rewritten");
            if (done.SkippedSegments > 0) context.Results.Line($"{done.SkippedSegments} segments CANNOT BE READ and stay as they are");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteNumber("segments"u8, done.Segments);
        json.WriteUInt64("copiedBytes"u8, (ulong)done.CopiedBytes);
        // Negative where the copies, with what has to stay with them, outgrew the segments.
        json.WriteNumber("regainedBytes"u8, done.RegainedBytes);
        json.WriteNumber("skippedSegments"u8, done.SkippedSegments);
        context.Results.EndObject();
    }

    private static double Ratio(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ratio) && ratio is > 0 and <= 1
            ? ratio
            : throw new FormatException($"'{text}' is not a share above 0, at most 1.");
}
