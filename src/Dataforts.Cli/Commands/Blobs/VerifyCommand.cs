using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;
using Dataforts.Directories;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>verify</c>: checks a whole store.</summary>
internal sealed class VerifyCommand : CliCommand
{
    private readonly Option<bool> _scrub = CliOption.Flag(
        "--scrub", "Read from the device, not from what the system has cached; repair or quarantine what is wrong.");

    public VerifyCommand()
        : base("verify", "Check every chunk, everything that names and pins reach, and the files.")
    {
        Add(_scrub);
    }

    public override string Details => """
        Exit 4 when anything is corrupt, missing or damaged. A torn tail that a crash left is not an error. Without --scrub nothing is changed.
        With it, corrupt chunks are had from elsewhere or put into quarantine: they count as corrupt until the same content is put again.
        """;

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts verify --scrub", "Check what the device really holds.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        StoreVerification found;
        IReadOnlyList<string> damage;
        IReadOnlyList<QuarantinedChunk> before;
        await using (BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken))
        {
            found = await context.Progress.RunAsync("verify", store.Chunks.Info.LiveBytes, (progress, cancelled) =>
                store.VerifyAsync(context.Value(_scrub), new BlobProgressBar(progress), new DirectoryLinks(), cancelled), cancellationToken);
            damage = store.Chunks.DescribeDamage();
            before = store.Chunks.ListQuarantine();
        }
        BlobHash[] repaired = [], quarantined = [.. before.Select(chunk => chunk.Hash)];
        if (context.Value(_scrub) && await ScrubMending.RunAsync(context, found, cancellationToken) is { } done)
        {
            repaired = [.. done.Repaired];
            quarantined = [.. quarantined, .. done.Corrupt];
            found = found with { Corrupt = [.. found.Corrupt.Except(done.Repaired)] };
        }
        if (context.Json) WriteJson(context, found, repaired, quarantined);
        else WriteText(context, damage, found, repaired, quarantined);
        return found.IsSound ? ExitCode.Ok : ExitCode.Integrity;
    }

    private static void WriteJson(CommandContext context, StoreVerification found, BlobHash[] repaired, BlobHash[] quarantined)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteNumber("chunks"u8, found.Chunks);
        json.WriteUInt64("bytes"u8, (ulong)found.Bytes);
        json.WriteHashes("corrupt"u8, found.Corrupt);
        json.WriteHashes("missing"u8, found.Missing);
        json.WriteStartArray("damagedFiles"u8);
        foreach (string path in found.DamagedFiles) json.WriteStringValue(path);
        json.WriteEndArray();
        if (repaired.Length > 0) json.WriteHashes("repaired"u8, repaired);
        if (quarantined.Length > 0) json.WriteHashes("quarantined"u8, quarantined);
        context.Results.EndObject();
    }

    private static void WriteText(
        CommandContext context, IReadOnlyList<string> damage, StoreVerification found, BlobHash[] repaired, BlobHash[] quarantined)
    {
        foreach (BlobHash hash in found.Corrupt) context.Results.Line($"corrupt  {hash}");
        foreach (BlobHash hash in found.Missing) context.Results.Line($"missing  {hash}");
        foreach (string path in found.DamagedFiles) context.Results.Line($"damaged  {Display.Escape(path)}");
        foreach (BlobHash hash in repaired) context.Results.Line($"repaired  {hash}");
        foreach (BlobHash hash in quarantined) context.Results.Line($"quarantined  {hash}");
        foreach (string line in damage) context.ErrorOutput.Remark(line);
        context.Results.Line($"{found.Chunks} chunks, {found.Bytes} bytes: {(found.IsSound ? "all sound" : "NOT SOUND")}");
    }
}
