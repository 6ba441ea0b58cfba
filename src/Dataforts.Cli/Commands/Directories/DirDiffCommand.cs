using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Output;
using Dataforts.Content.Directories;
using Dataforts.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary><c>dir diff</c>: what is different in a second tree.</summary>
internal sealed class DirDiffCommand : CliCommand
{
    private readonly Argument<string> _before = new("A") { Description = "A tree: a ref or a name." };
    private readonly Argument<string> _after = new("B") { Description = "Another." };

    public DirDiffCommand()
        : base("diff", "Tell what is different in a second tree; nothing of the files is read.")
    {
        Add(_before);
        Add(_after);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts dir diff builds/41 builds/42", "What a build has changed.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget before = BlobTarget.Parse(context.Value(_before)), after = BlobTarget.Parse(context.Value(_after));
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        await foreach (DirectoryChange change in new DirectoryStore(store).DiffAsync(store.Resolve(before), store.Resolve(after), cancellationToken))
            Write(context, change);
        return ExitCode.Ok;
    }

    private static void Write(CommandContext context, DirectoryChange change)
    {
        string word = change.Before is null ? "added" : change.After is null ? "removed" : "changed";
        if (!context.Json)
        {
            string end = (change.After ?? change.Before)!.Kind == EntryKind.Directory ? "/" : "";
            context.Results.Line($"{word,-8}{Display.Escape(change.Path)}{end}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("path"u8, change.Path);
        json.WriteString("change"u8, word);
        WriteSide(json, "before"u8, change.Before);
        WriteSide(json, "after"u8, change.After);
        context.Results.EndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, ReadOnlySpan<byte> name, DirectoryEntry? entry)
    {
        if (entry is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        TreeReport.WriteEntry(json, entry);
        json.WriteEndObject();
    }
}
