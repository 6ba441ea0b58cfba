using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>put</c>: stores a file or stream and prints its ref.</summary>
internal sealed class PutCommand : CliCommand
{
    private const string Auto = "auto";

    private readonly Argument<string> _path = new("PATH") { Description = "A file, or - for standard input." };

    private readonly Option<string?> _name = CliOption.Value("--name", "NAME", CheckedName, "Keep the blob under a name, replacing what it stood for.");

    private readonly Option<bool> _ifAbsent = CliOption.Flag("--if-absent", "Refuse when the name exists (exit 1).");

    private readonly Option<string?> _as = CliOption.Choice(
        "--as", "What kind of ref: auto is small up to one chunk and tree beyond [default: auto].", Auto, "small", "manifest", "tree");

    private readonly Option<string?> _chunking = CliOption.Value(
        "--chunking",
        "auto|fixed[:SIZE]|cdc[:MIN,AVG,MAX]|stride[:MIN,AVG,MAX]",
        static text => text == Auto ? text : ChunkingProfile.Parse(text).ToString(),
        "How to cut, sizes in bytes; auto is as the store was made [default: auto].");

    private readonly Option<BlobEncoding?> _encoding = CliOption.Value(
        "--encoding",
        "replicated|rs:K,M",
        static text => (BlobEncoding?)EncodingArgument.Parse(text),
        "How the content is protected against loss [default: replicated].");

    private readonly Option<string?> _rsTail = CliOption.Choice(
        "--rs-tail", "Whether the last, incomplete stripe gets parity [default: protected].", "protected", "replicated");

    private readonly Option<string?> _uri = CliOption.Value("--uri", "U", static text => text, "The URI in the ref [default: mesh:// and the hash].");

    private readonly Option<string?> _durability = CliOption.Choice(
        "--durability", "Return when the bytes are in the system's cache, or when they are on the device [default: buffered].", "buffered", "durable");

    private readonly Option<TimeSpan?> _expires = CliOption.Value(
        "--expires", "30d", static text => (TimeSpan?)QuantityParsers.Duration(text), "Let the name cease after a while: 45s, 90m, 12h, 30d, 2w.");

    private readonly Option<bool> _contentHash = CliOption.Flag("--content-hash", "Also record the BLAKE3 of the whole content; stat shows it.");

    public PutCommand()
        : base("put", "Store a file or stream and print its ref.")
    {
        Add(_path);
        foreach (Option option in (ReadOnlySpan<Option>)[_name, _ifAbsent, _as, _chunking, _encoding, _rsTail, _uri, _durability, _expires, _contentHash])
            Add(option);
    }

    public override string Details => """
        Content that is in the store already takes no more room, whole or in parts. A blob without a name or pin may be collected after 24 hours.
        The store is made when there is none.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts put model.bin --name models/latest", "Store a file under a name."),
        new("tar c folder | dataforts put - --name backup --durability durable", "Store a stream and wait for the device."),
        new("dataforts put archive.tar --encoding rs:10,4", "Let any four of the objects stored for it be lost."),
        new("dataforts put page.html --name page --expires 30d", "Store a file for 30 days."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        PutOptions options = ReadOptions(context);
        using InputSource input = await context.OpenInputAsync(context.Value(_path), cancellationToken);
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: true, cancellationToken);
        await using var content = new InputStream(input);
        PutResult result = await context.Progress.RunAsync(input.Path, input.LengthBytes, (progress, cancelled) =>
            store.PutAsync(content, options, new BlobProgressBar(progress), cancelled), cancellationToken);
        StoreSession.RemarkOnRefusals(context, store);
        Write(context, store, options, result);
        return ExitCode.Ok;
    }

    private PutOptions ReadOptions(CommandContext context)
    {
        BlobShape shape = Enum.Parse<BlobShape>(context.Value(_as) ?? Auto, ignoreCase: true);
        BlobEncoding encoding = context.Value(_encoding) ?? BlobEncoding.Replicated;
        if (encoding.IsReedSolomon && shape is BlobShape.Small or BlobShape.Manifest)
            throw CliException.Usage($"erasure coding needs a tree, not --as {context.Value(_as)}");
        if (!encoding.IsReedSolomon && context.Has(_rsTail)) throw CliException.Usage("--rs-tail needs --encoding rs:K,M");
        ChunkingProfile? profile = context.Value(_chunking) is { } typed and not Auto ? ChunkingProfile.Parse(typed) : null;
        if (shape == BlobShape.Manifest && profile is not null && profile != ChunkingProfile.Fixed4MiB)
            throw CliException.Usage($"a manifest is cut at {ChunkingProfile.Fixed4MiB}, not by {profile}");
        string? name = context.Value(_name);
        if (name is null && context.Has(_ifAbsent)) throw CliException.Usage("--if-absent needs --name");
        if (name is null && context.Has(_expires)) throw CliException.Usage("--expires needs --name: it is the name that ceases");
        return new PutOptions
        {
            Shape = shape,
            Profile = shape == BlobShape.Small ? null : profile,
            Encoding = encoding,
            ReplicateTail = context.Value(_rsTail) == "replicated",
            Uri = context.Value(_uri),
            RecordContentHash = context.Value(_contentHash),
            Name = name,
            IfAbsent = context.Value(_ifAbsent),
            ExpiresAt = context.Value(_expires) is { } after ? context.Time.GetUtcNow() + after : null,
            Durability = context.Value(_durability) == "durable" ? Durability.Durable : Durability.Buffered,
        };
    }

    private static void Write(CommandContext context, BlobStore store, PutOptions options, PutResult result)
    {
        bool rooted = options.Name is not null || store.Chunks.IsRooted(result.Ref);
        DateTimeOffset collectableAfter = context.Time.GetUtcNow() + store.Chunks.GracePeriod;
        if (!context.Json)
        {
            context.Results.Line(result.Ref.ToText());
            if (options.Encoding.IsReedSolomon) context.ErrorOutput.Remark($"any {result.ToleratedLosses} of the objects stored for it may be lost");
            if (!rooted)
                context.ErrorOutput.Remark($"nothing keeps this blob: it may be collected after {TimeText.Of(collectableAfter)}; --name or pin keeps it");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("ref"u8, result.Ref.ToText());
        json.WriteHex("encoded"u8, result.Ref.Encode());
        json.WriteString("kind"u8, RefJson.KindOf(result.Ref));
        json.WriteUInt64("size"u8, result.Ref.SizeBytes);
        json.WriteNumber("chunks"u8, result.Chunks);
        json.WriteUInt64("storedBytes"u8, (ulong)result.StoredBytes);
        json.WriteUInt64("dedupedBytes"u8, (ulong)result.DedupedBytes);
        if (result.Ref is SmallRef small) json.WriteHash("hash"u8, small.Hash);
        if (result.Ref is TreeRef tree)
        {
            json.WriteHash("rootHash"u8, tree.RootHash);
            json.WriteNumber("depth"u8, tree.Depth);
            json.WriteNumber("toleratedLosses"u8, result.ToleratedLosses);
        }
        if (options.RecordContentHash && result.ContentHash is { } contentHash) json.WriteHash("contentHash"u8, contentHash);
        json.WriteString("name"u8, options.Name);
        json.WriteBoolean("rooted"u8, rooted);
        if (!rooted) json.WriteString("collectableAfter"u8, TimeText.Of(collectableAfter));
        context.Results.EndObject();
    }

    private static string CheckedName(string name) => BlobName.Reject(name) is { } reason ? throw new FormatException(reason + ".") : name;
}
