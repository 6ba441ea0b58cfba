using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary><c>dir get</c>: puts a tree into a folder, whole or not at all.</summary>
internal sealed class DirGetCommand : CliCommand
{
    private readonly Argument<string> _target = TargetArgument.RefOrName();
    private readonly Argument<string> _destination = new("DEST") { Description = "The folder; made when there is none." };

    private readonly Option<string[]> _include = new("--include")
    {
        Description = "Only what matches, or is below what matches: *, ?, [a-z], ** for any folders; without a slash a name anywhere. May be repeated.",
        HelpName = "GLOB",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result => [.. result.Tokens.Select(token => token.Value)],
    };

    private readonly Option<bool> _delete = CliOption.Flag("--delete", "Remove what the folder has beside the tree; else it stays.");

    private readonly Option<string?> _durability = TreeOptions.Durability();

    private readonly Option<string?> _names = TreeOptions.Names();

    private readonly Option<bool> _skipUnsafeLinks = CliOption.Flag(
        "--skip-unsafe-links", "Leave out links that lead out of the tree instead of refusing the tree.");

    public DirGetCommand()
        : base("get", "Put a tree into a folder, whole or not at all.")
    {
        Add(_target);
        Add(_destination);
        foreach (Option option in (ReadOnlySpan<Option>)[_include, _delete, _durability, _names, _skipUnsafeLinks]) Add(option);
    }

    public override string Details => """
        The tree is made beside the folder and takes its place when it is complete: a run that fails or is killed leaves the folder as it was, and the
        next run to the same place clears up. A tree with unsafe entries is refused (exit 4) before anything is written. Files that are there
        already, the same, are not written again.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts dir get builds/latest ./build --delete", "Make a folder what a tree is."),
        new("dataforts dir get builds/latest ./docs --include 'docs/**/*.md'", "Fetch a part."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget target = BlobTarget.Parse(context.Value(_target));
        string destination = context.Value(_destination);
        if (destination.Length == 0) throw CliException.Usage("DEST needs a folder");
        DirectoryGetOptions options = new()
        {
            Include = context.Value(_include) ?? [],
            Delete = context.Value(_delete),
            Durability = TreeOptions.DurabilityOf(context.Value(_durability)),
            Rules = TreeOptions.RulesOf(context.Value(_names)),
            SkipUnsafeLinks = context.Value(_skipUnsafeLinks),
            LockTimeout = context.LockTimeout,
        };
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        BlobRef tree = store.Resolve(target);
        DirectoryGetResult result = await context.Progress.RunOnManyAsync("fetch", (bar, cancelled) =>
            new DirectoryStore(store).MaterializeAsync(tree, destination, options, new TreeProgressBar(bar, context.Time), cancelled), cancellationToken);
        if (context.Json) WriteJson(context, result);
        else WriteText(context, result);
        return ExitCode.Ok;
    }

    private static void WriteText(CommandContext context, DirectoryGetResult result)
    {
        context.Results.Line(
            $"{result.Totals.Files} files, {result.Totals.Directories} directories, {result.Totals.Symlinks} links; " +
            $"{result.FilesWritten} written, {result.FilesUnchanged} unchanged, {result.Kept} kept");
        foreach (DirectoryFormatException fault in result.LeftOut.Take(20)) context.ErrorOutput.Remark($"left out: {fault.Message}");
        if (result.Leftover is { } left) context.ErrorOutput.Remark($"what was replaced could not be removed wholly: {left}");
    }

    private static void WriteJson(CommandContext context, DirectoryGetResult result)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("path"u8, result.Path);
        json.WriteNumber("files"u8, result.Totals.Files);
        json.WriteNumber("directories"u8, result.Totals.Directories);
        json.WriteNumber("symlinks"u8, result.Totals.Symlinks);
        json.WriteUInt64("bytes"u8, result.Totals.Bytes);
        json.WriteNumber("filesWritten"u8, result.FilesWritten);
        json.WriteUInt64("bytesWritten"u8, (ulong)result.BytesWritten);
        json.WriteNumber("filesUnchanged"u8, result.FilesUnchanged);
        json.WriteNumber("kept"u8, result.Kept);
        TreeReport.WriteFaults(json, "leftOut"u8, result.LeftOut);
        json.WriteString("leftover"u8, result.Leftover);
        context.Results.EndObject();
    }
}
