using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>ls</c>: the names in a store.</summary>
internal sealed class LsCommand : CliCommand
{
    private readonly Option<string?> _prefix = CliOption.Value("--prefix", "P", static text => text, "Only names that begin so.");

    private readonly Option<long?> _limit = CliOption.Value(
        "--limit", "N", static text => (long?)QuantityParsers.Count(text), "At most so many.");

    private readonly Option<string?> _after = CliOption.Value("--after", "NAME", static text => text, "Only names behind this one, to go on from a page.");

    public LsCommand()
        : base("ls", "List names, in order.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_prefix, _limit, _after]) Add(option);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts ls --prefix models/ --limit 20", "The first 20 names under models/.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        long left = context.Value(_limit) ?? long.MaxValue;
        foreach (NameEntry entry in store.Chunks.ListNames(context.Value(_prefix) ?? "", context.Value(_after)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (left-- <= 0) break;
            Write(context, entry);
        }
        return ExitCode.Ok;
    }

    private static void Write(CommandContext context, NameEntry entry)
    {
        if (!context.Json)
        {
            string expires = entry.ExpiresAt is { } end ? $"  until {TimeText.Of(end)}" : "";
            context.Results.Line($"{entry.Ref.SizeBytes,15}  {TimeText.Of(entry.CreatedAt)}  {Display.Escape(entry.Name)}{expires}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("name"u8, entry.Name);
        json.WriteString("ref"u8, entry.Ref.ToText());
        json.WriteUInt64("size"u8, entry.Ref.SizeBytes);
        json.WriteString("createdAt"u8, TimeText.Of(entry.CreatedAt));
        json.WriteString("expiresAt"u8, entry.ExpiresAt is { } expiresAt ? TimeText.Of(expiresAt) : null);
        context.Results.EndObject();
    }
}
