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

/// <summary><c>stat</c>: what a ref says and what of it is there.</summary>
internal sealed class StatCommand : CliCommand
{
    private readonly Argument<string> _target = TargetArgument.RefOrName();

    public StatCommand()
        : base("stat", "Show what a ref says and what of it is in the store.")
    {
        Add(_target);
    }

    public override string Details => """
        Every distinct chunk and node of the blob is read and verified. The exit code is 0 when the ref is known, whatever is missing; see present,
        missingChunks and corruptChunks.
        """;

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts --json stat models/latest", "All fields, for a script.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget target = BlobTarget.Parse(context.Value(_target));
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        BlobRef blob = store.Resolve(target);
        BlobStat stat = await store.StatAsync(blob, cancellationToken);
        BlobHash? contentHash = store.FindContentHash(blob);
        if (context.Json) WriteJson(context, blob, stat, contentHash);
        else WriteText(context, blob, stat, contentHash);
        return ExitCode.Ok;
    }

    private static void WriteJson(CommandContext context, BlobRef blob, BlobStat stat, BlobHash? contentHash)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        RefJson.WriteFields(json, blob);
        json.WriteBoolean("present"u8, stat.IsPresent);
        json.WriteHashes("missingChunks"u8, stat.MissingChunks);
        json.WriteHashes("corruptChunks"u8, stat.CorruptChunks);
        json.WriteNumber("toleratedLosses"u8, stat.ToleratedLosses);
        if (contentHash is { } hash) json.WriteHash("contentHash"u8, hash);
        context.Results.EndObject();
    }

    private static void WriteText(CommandContext context, BlobRef blob, BlobStat stat, BlobHash? contentHash)
    {
        ResultWriter results = context.Results;
        results.Line($"ref      {blob.ToText()}");
        results.Line($"kind     {RefJson.KindOf(blob)}{(blob is TreeRef tree ? $", depth {tree.Depth}" : "")}");
        results.Line($"uri      {Display.Escape(blob.Uri)}");
        results.Line($"size     {blob.SizeBytes} bytes");
        results.Line($"chunks   {stat.DistinctChunks} distinct");
        results.Line($"present  {(stat.IsPresent ? "yes" : "no")}");
        if (blob is TreeRef { Encoding.IsReedSolomon: true } coded)
            results.Line($"encoding {coded.Encoding}{(stat.IsPresent ? $", any {stat.ToleratedLosses} of its objects may be lost" : "")}");
        if (contentHash is { } hash) results.Line($"content  {hash}");
        foreach (BlobHash missing in stat.MissingChunks) results.Line($"missing  {missing}");
        foreach (BlobHash corrupt in stat.CorruptChunks) results.Line($"corrupt  {corrupt}");
    }
}
