using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Content.Directories;
using Dataforts.Directories;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Directories;

/// <summary><c>dir put</c>: publishes a folder and prints the tree's ref.</summary>
internal sealed class DirPutCommand : CliCommand
{
    private const int MostRemarks = 20;

    private readonly Argument<string> _path = new("PATH") { Description = "A folder." };

    private readonly Option<string?> _name = CliOption.Value("--name", "NAME", CheckedName, "Keep the tree under a name, replacing what it stood for.");

    private readonly Option<bool> _ifAbsent = CliOption.Flag("--if-absent", "Refuse when the name exists (exit 1).");

    private readonly Option<TimeSpan?> _expires = CliOption.Value(
        "--expires", "30d", static text => (TimeSpan?)QuantityParsers.Duration(text), "Let the name cease after a while: 45s, 90m, 12h, 30d, 2w.");

    private readonly Option<string?> _durability = TreeOptions.Durability();

    private readonly Option<string?> _manifest = CliOption.Choice(
        "--manifest", "The manifest's form: 1 is shared with other implementations, 2 is our own [default: 1 where it can say everything].", "auto", "1", "2");

    private readonly Option<bool> _times = CliOption.Flag("--times", "Record when files and directories last changed.");

    private readonly Option<string?> _names = TreeOptions.Names();

    private readonly Option<bool> _strict = CliOption.Flag("--strict", "Refuse what dir get would refuse: unsafe names and links (exit 4).");

    private readonly Option<bool> _allowChanged = CliOption.Flag("--allow-changed", "Take a file that changes while it is read as it was read last.");

    public DirPutCommand()
        : base("put", "Publish a folder and print the tree's ref.")
    {
        Add(_path);
        foreach (Option option in (ReadOnlySpan<Option>)[_name, _ifAbsent, _expires, _durability, _manifest, _times, _names, _strict, _allowChanged])
            Add(option);
    }

    public override string Details => """
        Regular files, directories, also empty ones, and symbolic links, which are not followed, with their modes. Pipes, sockets and devices are
        skipped and told. A file that changes while it is read fails the command, unless --allow-changed is given.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
        [new("dataforts dir put build/ --name builds/latest", "Publish a folder under a name.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string path = context.Value(_path);
        DirectoryPutOptions options = ReadOptions(context);
        if (!Directory.Exists(path)) throw File.Exists(path) ? CliException.Usage($"'{path}' is a file, not a folder") : CliException.PathNotFound(path);
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: true, cancellationToken);
        DirectoryPutResult result = await context.Progress.RunOnManyAsync("publish", (bar, cancelled) =>
            new DirectoryStore(store).PublishAsync(path, options, new TreeProgressBar(bar, context.Time), cancelled), cancellationToken);
        StoreSession.RemarkOnRefusals(context, store);
        Write(context, store, options, result);
        return ExitCode.Ok;
    }

    private DirectoryPutOptions ReadOptions(CommandContext context)
    {
        string? name = context.Value(_name);
        if (name is null && context.Has(_ifAbsent)) throw CliException.Usage("--if-absent needs --name");
        if (name is null && context.Has(_expires)) throw CliException.Usage("--expires needs --name: it is the name that ceases");
        ManifestForm? version = context.Value(_manifest) switch { "1" => ManifestForm.Shared, "2" => ManifestForm.Compact, _ => null };
        if (version == ManifestForm.Shared && context.Value(_times)) throw CliException.Usage("--times needs --manifest 2: the shared form has no times");
        return new DirectoryPutOptions
        {
            Name = name,
            IfAbsent = context.Value(_ifAbsent),
            ExpiresAt = context.Value(_expires) is { } after ? context.Time.GetUtcNow() + after : null,
            Durability = TreeOptions.DurabilityOf(context.Value(_durability)),
            Version = version,
            RecordTimes = context.Value(_times),
            Rules = TreeOptions.RulesOf(context.Value(_names)),
            RefuseUnsafe = context.Value(_strict),
            KeepChanged = context.Value(_allowChanged),
        };
    }

    private static void Write(CommandContext context, BlobStore store, DirectoryPutOptions options, DirectoryPutResult result)
    {
        bool rooted = options.Name is not null || store.Chunks.IsRooted(result.Ref);
        DateTimeOffset collectableAfter = context.Time.GetUtcNow() + BlobStore.GracePeriod;
        if (!context.Json)
        {
            context.Results.Line(result.Ref.ToText());
            Remark(context, [.. result.Skipped.Select(node => $"skipped {node.Path}: a {node.Type}")], result.SkippedCount);
            Remark(context, [.. result.Changed.Select(path => $"{path} changed while it was read")], result.Changed.Count);
            Remark(context, [.. result.Unsafe.Select(error => $"dir get will refuse this tree: {error.Message}")], result.Unsafe.Count);
            if (!rooted)
                context.ErrorOutput.Remark($"nothing keeps this tree: it may be collected after {TimeText.Of(collectableAfter)}; --name keeps it");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("ref"u8, result.Ref.ToText());
        json.WriteHex("encoded"u8, result.Ref.Encode());
        json.WriteNumber("files"u8, result.Totals.Files);
        json.WriteNumber("directories"u8, result.Totals.Directories);
        json.WriteNumber("symlinks"u8, result.Totals.Symlinks);
        json.WriteUInt64("bytes"u8, result.Totals.Bytes);
        json.WriteUInt64("storedBytes"u8, (ulong)result.StoredBytes);
        json.WriteNumber("manifest"u8, (int)result.Version);
        json.WriteNumber("skippedCount"u8, result.SkippedCount);
        json.WriteStartArray("skipped"u8);
        foreach (SkippedNode node in result.Skipped)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, node.Path);
            json.WriteString("type"u8, node.Type);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("changed"u8);
        foreach (string path in result.Changed) json.WriteStringValue(path);
        json.WriteEndArray();
        TreeReport.WriteFaults(json, "unsafe"u8, result.Unsafe);
        json.WriteString("name"u8, options.Name);
        json.WriteBoolean("rooted"u8, rooted);
        if (!rooted) json.WriteString("collectableAfter"u8, TimeText.Of(collectableAfter));
        context.Results.EndObject();
    }

    private static void Remark(CommandContext context, IReadOnlyList<string> lines, long count)
    {
        foreach (string line in lines.Take(MostRemarks)) context.ErrorOutput.Remark(line);
        if (count > MostRemarks) context.ErrorOutput.Remark($"and {count - MostRemarks} more like this");
    }

    private static string CheckedName(string name) => BlobName.Reject(name) is { } reason ? throw new FormatException(reason + ".") : name;
}
