using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>name set</c>: lets a name stand for a ref.</summary>
internal sealed class NameSetCommand : CliCommand
{
    private readonly Argument<string> _name = TargetArgument.Name();
    private readonly Argument<string> _ref = TargetArgument.Ref();

    private readonly Option<bool> _ifAbsent = CliOption.Flag("--if-absent", "Refuse when the name exists (exit 1).");

    private readonly Option<TimeSpan?> _expires = CliOption.Value(
        "--expires", "30d", static text => (TimeSpan?)QuantityParsers.Duration(text), "Let the name cease after a while: 45s, 90m, 12h, 30d, 2w.");

    public NameSetCommand()
        : base("set", "Let a name stand for a ref, replacing what it stood for.")
    {
        Add(_name);
        Add(_ref);
        Add(_ifAbsent);
        Add(_expires);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts name set models/stable df1-…", "Name a blob that is in the store.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (BlobTarget.Parse(context.Value(_name)).Name is not { } name) throw CliException.Usage("a name does not look like a ref");
        BlobTarget target = BlobTarget.ParseRef(context.Value(_ref));
        DateTimeOffset? expiresAt = context.Value(_expires) is { } after ? context.Time.GetUtcNow() + after : null;
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: false, cancellationToken);
        BlobRef blob = store.Resolve(target);
        store.RequirePresent(blob);
        store.KeepEncoding(blob);
        store.Chunks.SetName(name, blob, expiresAt, context.Value(_ifAbsent));
        if (context.Json)
        {
            Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteString("name"u8, name);
            json.WriteString("ref"u8, blob.ToText());
            json.WriteString("expiresAt"u8, expiresAt is { } end ? TimeText.Of(end) : null);
            context.Results.EndObject();
        }
        return ExitCode.Ok;
    }
}
