using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>pins</c>: the refs that are kept without a name.</summary>
internal sealed class PinsCommand() : CliCommand("pins", "List pinned refs, oldest first.")
{
    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        foreach (PinEntry pin in store.Chunks.ListPins())
        {
            if (!context.Json)
            {
                context.Results.Line($"{pin.Ref.SizeBytes,15}  {TimeText.Of(pin.CreatedAt)}  {pin.Ref.ToText()}");
                continue;
            }
            Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteString("ref"u8, pin.Ref.ToText());
            json.WriteUInt64("size"u8, pin.Ref.SizeBytes);
            json.WriteString("createdAt"u8, TimeText.Of(pin.CreatedAt));
            context.Results.EndObject();
        }
        return ExitCode.Ok;
    }
}
