using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>get</c>: writes a blob's verified bytes to a file or to standard output.</summary>
internal sealed class GetCommand : CliCommand
{
    private readonly Argument<string> _target = TargetArgument.RefOrName();

    private readonly Option<string?> _output = CliOption.Value("--output", "FILE|-", static text => text, "Where to; - is standard output [default: -].", "-o");

    private readonly RangeOptions _range = new();

    public GetCommand()
        : base("get", "Write a blob's bytes to a file or to standard output.")
    {
        Add(_target);
        Add(_output);
        _range.AddTo(this);
    }

    public override string Details => """
        Every byte is verified before it is written. A file is written aside and renamed over FILE when all of it is there, so FILE is never
        half of a blob; a device, pipe or socket is written directly.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts get models/latest -o model.bin", "Write a named blob to a file."),
        new("dataforts get df1-… --offset 1048576 --length 4096 | xxd", "Look at a range."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget target = BlobTarget.Parse(context.Value(_target));
        string output = context.Value(_output) ?? "-";
        if (output.Length == 0) throw CliException.Usage("-o needs a file");
        if (OutputFile.IsStandardOutput(output)) output = "-";
        else OutputFile.RefuseFolder(output);
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        BlobRef blob = store.Resolve(target);
        BlobRange range = _range.Of(context, blob);
        if (output == "-")
        {
            await CopyAsync(context, store, blob, range, context.Results.Content(), cancellationToken);
            return ExitCode.Ok;
        }
        store.RequirePresent(blob);
        await using (OutputFile file = await OutputFile.CreateAsync(output, range.Length, cancellationToken))
        {
            try
            {
                await CopyAsync(context, store, blob, range, file.Stream, cancellationToken);
            }
            catch (ArgumentOutOfRangeException error) when (OutputFile.IsFileSizeLimit(error))
            {
                throw new DatafortsException(ErrorKind.NoSpace, $"'{output}' would be larger than a file may be here", error);
            }
            file.Commit();
        }
        if (context.Json)
        {
            Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteString("path"u8, output);
            json.WriteUInt64("bytes"u8, range.Length);
            context.Results.EndObject();
        }
        return ExitCode.Ok;
    }

    private static Task<long> CopyAsync(
        CommandContext context, BlobStore store, BlobRef blob, BlobRange range, Stream destination, CancellationToken cancellationToken) =>
        context.Progress.RunAsync("get", (long)range.Length, (progress, cancelled) =>
            store.CopyToAsync(blob, destination, range, new BlobProgressBar(progress), cancelled), cancellationToken);
}
