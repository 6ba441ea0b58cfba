using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect chunks</c>: where an input would be cut, and the tree over the cuts.</summary>
internal sealed class ChunksCommand : CliCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "A file, or - for standard input." };

    private readonly Option<ChunkingProfile?> _chunking = CliOption.Value(
        "--chunking",
        "fixed[:SIZE]|cdc[:MIN,AVG,MAX]|stride[:MIN,AVG,MAX]",
        static text => ChunkingProfile.Parse(text),
        "How to cut, sizes in bytes; fixed alone is 4 MiB, cdc alone the default profile [default: cdc].");

    private readonly Option<BlobEncoding?> _encoding = CliOption.Value(
        "--encoding",
        "replicated|rs:K,M",
        static text => (BlobEncoding?)EncodingArgument.Parse(text),
        "How the content is protected against loss [default: replicated].");

    private readonly Option<string?> _rsTail = CliOption.Choice(
        "--rs-tail", "Whether the last, incomplete stripe gets parity [default: protected].", "protected", "replicated");

    private readonly Option<long?> _feed = CliOption.Value(
        "--feed",
        "BYTES",
        static text => (long?)QuantityParsers.PositiveByteCount(text),
        "Hand the input over in pieces of that many bytes; the cuts do not depend on it.");

    private readonly Option<bool> _wholeHash = CliOption.Flag("--whole-hash", "Also print the BLAKE3 of the whole input, as hash.");

    public ChunksCommand()
        : base("chunks", "Cut an input into chunks without storing it.")
    {
        Add(_path);
        foreach (Option option in (ReadOnlySpan<Option>)[_chunking, _encoding, _rsTail, _feed, _wholeHash]) Add(option);
    }

    public override string Details => """
        Prints one JSON object: chunks (offset, length and hash of each), size, and rootHash and depth of the tree over them. Empty input has no
        chunks and no tree.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts inspect chunks disk.img", "Cut by content, as a store does by default."),
        new("dataforts inspect chunks --chunking fixed:65536 - < disk.img", "Cut a stream every 64 KiB."),
        new("dataforts inspect chunks --chunking cdc:1048576,4194304,16777216 disk.img", "Cut by content into chunks of about 4 MiB."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobEncoding encoding = context.Value(_encoding) ?? BlobEncoding.Replicated;
        if (!encoding.IsReedSolomon && context.Has(_rsTail)) throw CliException.Usage("--rs-tail needs --encoding rs:K,M");
        ChunkingProfile profile = context.Value(_chunking) ?? ChunkingProfile.Default;
        using InputSource input = await context.OpenInputAsync(context.Value(_path), cancellationToken);
        if (input.LengthBytes is long length && !encoding.IsReedSolomon) TreeBuilder.EnsureFits((ulong)length, profile.MaxChunkBytes);
        await using var content = new InputStream(input);
        Stream fed = context.Value(_feed) is { } bytes ? new FeedStream(content, (int)Math.Min(bytes, int.MaxValue)) : content;
        var outline = new BlobOutline(profile, encoding, context.Value(_rsTail) == "replicated");
        var cutter = new ChunkListing(fed, outline, context.Value(_wholeHash), context.Results);
        await context.ProgressAmidOutput.RunAsync(input.Path, input.LengthBytes, async (progress, cancelled) =>
        {
            await cutter.RunAsync(progress, cancelled);
            return ExitCode.Ok;
        }, cancellationToken);
        return ExitCode.Ok;
    }
}
