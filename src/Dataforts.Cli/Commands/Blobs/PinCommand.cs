using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>pin</c> and <c>unpin</c>: keep a blob without a name, or end that.</summary>
internal sealed class PinCommand : CliCommand
{
    private readonly Argument<string> _ref = TargetArgument.Ref();
    private readonly bool _keeps;

    private PinCommand(bool keeps, string name, string description)
        : base(name, description)
    {
        _keeps = keeps;
        Add(_ref);
    }

    public override IReadOnlyList<CommandExample> Examples => [new($"dataforts {Name} df1-…", _keeps ? "Keep a blob." : "End the pin.")];

    public static PinCommand Pin() => new(true, "pin", "Keep a blob without a name.");

    public static PinCommand Unpin() => new(false, "unpin", "End a pin.");

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget target = BlobTarget.ParseRef(context.Value(_ref));
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: false, cancellationToken);
        BlobRef blob = store.Resolve(target);
        if (_keeps)
        {
            store.RequirePresent(blob);
            store.KeepEncoding(blob);
            store.Chunks.Pin(blob);
        }
        else if (!store.Chunks.Unpin(blob))
        {
            throw new DatafortsException(ErrorKind.PinNotFound, $"{blob} is not pinned");
        }
        if (context.Json)
        {
            System.Text.Json.Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteString("ref"u8, blob.ToText());
            json.WriteBoolean("pinned"u8, _keeps);
            context.Results.EndObject();
        }
        return ExitCode.Ok;
    }
}
