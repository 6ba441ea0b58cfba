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

/// <summary><c>verify</c>: checks a whole store.</summary>
internal sealed class VerifyCommand : CliCommand
{
    private readonly Option<bool> _scrub = CliOption.Flag("--scrub", "Read from the device, not from what the system has cached.");

    public VerifyCommand()
        : base("verify", "Check every chunk, everything that names and pins reach, and the files.")
    {
        Add(_scrub);
    }

    public override string Details => """
        Exit 4 when anything is corrupt, missing or damaged. A torn tail that a crash left is not an error. Nothing is changed.
        """;

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts verify --scrub", "Check what the device really holds.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        StoreVerification found = await context.Progress.RunAsync("verify", store.Chunks.Info.LiveBytes, (progress, cancelled) =>
            store.VerifyAsync(context.Value(_scrub), new BlobProgressBar(progress), cancelled), cancellationToken);
        if (context.Json) WriteJson(context, found);
        else WriteText(context, store, found);
        return found.IsSound ? ExitCode.Ok : ExitCode.Integrity;
    }

    private static void WriteJson(CommandContext context, StoreVerification found)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteNumber("chunks"u8, found.Chunks);
        json.WriteUInt64("bytes"u8, (ulong)found.Bytes);
        json.WriteHashes("corrupt"u8, found.Corrupt);
        json.WriteHashes("missing"u8, found.Missing);
        json.WriteStartArray("damagedFiles"u8);
        foreach (string path in found.DamagedFiles) json.WriteStringValue(path);
        json.WriteEndArray();
        context.Results.EndObject();
    }

    private static void WriteText(CommandContext context, BlobStore store, StoreVerification found)
    {
        foreach (BlobHash hash in found.Corrupt) context.Results.Line($"corrupt  {hash}");
        foreach (BlobHash hash in found.Missing) context.Results.Line($"missing  {hash}");
        foreach (string path in found.DamagedFiles) context.Results.Line($"damaged  {Display.Escape(path)}");
        foreach (string line in store.Chunks.DescribeDamage()) context.Diagnostics.Remark(line);
        context.Results.Line($"{found.Chunks} chunks, {found.Bytes} bytes: {(found.IsSound ? "all sound" : "NOT SOUND")}");
    }
}
