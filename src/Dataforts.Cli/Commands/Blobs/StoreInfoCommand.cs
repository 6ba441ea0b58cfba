using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Directories;
using Dataforts.Lifecycle;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>store info</c>: a store at a glance.</summary>
internal sealed class StoreInfoCommand() : CliCommand("info", "Show a store's size, counts and settings.")
{
    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using BlobStore store = await BlobStore.OpenAsync(StoreSession.CountingOptions(context), cancellationToken);
        StoreInfo info = await SurveyAsync(context, store, cancellationToken);
        DateTimeOffset? oldest = store.Chunks.FindOldestEvent(cancellationToken);
        TimeSpan? age = oldest is { } at ? store.Chunks.Time.GetUtcNow() - at : null;
        Write(context, info, store.Chunks.DescribeGivenUp(), store.Chunks.DescribeRefusals(), StoreOutlook.Of(store), (oldest, age));
        return ExitCode.Ok;
    }

    // What gc would remove is garbage, although it is all there yet.
    private static async Task<StoreInfo> SurveyAsync(CommandContext context, BlobStore store, CancellationToken cancellationToken)
    {
        StoreInfo info = store.Chunks.Info;
        try
        {
            await using var collector = new Collector(store, new DirectoryLinks());
            CollectionReport report = await collector.CollectAsync(new CollectionOptions { IsDryRun = true }, null, cancellationToken);
            return info with { LiveBytes = report.LiveBytes, GarbageBytes = report.GarbageBytes };
        }
        catch (DatafortsException error)
        {
            context.ErrorOutput.Remark($"every chunk counts as live: {error.Message}");
            return info;
        }
    }

    /// <summary>Prints what a store is.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="info">What it is.</param>
    /// <param name="givenUp">What a loss of power took from it; not shown when there is none.</param>
    /// <param name="refusals">What the device refused; not shown when there is none.</param>
    /// <param name="outlook">How it is and what its workers do; null where that is not asked.</param>
    /// <param name="oldest">When its oldest event was appended, and how long ago that is; null for none.</param>
    public static void Write(
        CommandContext context, StoreInfo info, IReadOnlyList<string> givenUp, IReadOnlyList<string> refusals, StoreOutlook? outlook = null,
        (DateTimeOffset? At, TimeSpan? Age) oldest = default)
    {
        if (context.Json) WriteJson(context, info, givenUp, refusals, outlook, oldest);
        else WriteText(context.Results, info, givenUp, refusals, outlook, oldest);
    }

    private static void WriteEvents(Utf8JsonWriter json, StoreInfo info, (DateTimeOffset? At, TimeSpan? Age) oldest)
    {
        json.WriteNumber("channels"u8, info.Channels);
        json.WriteUInt64("events"u8, (ulong)info.Events);
        json.WriteUInt64("eventBytes"u8, (ulong)info.EventBytes);
        json.WriteString("oldestEventAt"u8, oldest.At is { } at ? TimeText.Of(at) : null);
        if (oldest.Age is { } age) json.WriteUInt64("oldestEventAgeSeconds"u8, (ulong)Math.Max(0, age.TotalSeconds));
        else json.WriteNull("oldestEventAgeSeconds"u8);
    }

    private static void WriteJson(
        CommandContext context, StoreInfo info, IReadOnlyList<string> givenUp, IReadOnlyList<string> refusals, StoreOutlook? outlook,
        (DateTimeOffset? At, TimeSpan? Age) oldest)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("path"u8, info.Path);
        json.WriteString("storeId"u8, info.StoreId.ToString());
        json.WriteString("createdAt"u8, TimeText.Of(info.CreatedAt));
        json.WriteNumber("chunks"u8, info.Chunks);
        json.WriteUInt64("liveBytes"u8, (ulong)info.LiveBytes);
        json.WriteUInt64("garbageBytes"u8, (ulong)info.GarbageBytes);
        json.WriteUInt64("diskBytes"u8, (ulong)info.DiskBytes);
        json.WriteNumber("segments"u8, info.Segments);
        json.WriteString("profile"u8, info.Profile.ToString());
        WriteEvents(json, info, oldest);
        outlook?.WriteJson(json);
        WriteList(json, "givenUp", givenUp);
        WriteList(json, "refusals", refusals);
        context.Results.EndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string key, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        json.WriteStartArray(key);
        foreach (string line in lines) json.WriteStringValue(line);
        json.WriteEndArray();
    }

    private static void WriteText(
        ResultWriter results, StoreInfo info, IReadOnlyList<string> givenUp, IReadOnlyList<string> refusals, StoreOutlook? outlook,
        (DateTimeOffset? At, TimeSpan? Age) oldest)
    {
        results.Line($"path      {Display.Escape(info.Path)}");
        results.Line($"store     {info.StoreId}");
        results.Line($"made      {TimeText.Of(info.CreatedAt)}");
        results.Line($"profile   {info.Profile}");
        results.Line($"chunks    {info.Chunks}");
        results.Line($"live      {info.LiveBytes} bytes");
        results.Line($"garbage   {info.GarbageBytes} bytes");
        results.Line($"on disk   {info.DiskBytes} bytes in {info.Segments} segments");
        if (info.Channels > 0) results.Line($"channels  {info.Channels}, with {info.Events} events of {info.EventBytes} bytes");
        if (oldest is ({ } at, { } age)) results.Line($"          the oldest of {TimeText.Of(at)}, {Math.Max(0, (long)age.TotalSeconds)} seconds ago");
        outlook?.WriteText(results);
        foreach (string line in givenUp) results.Line($"given up  {Display.Escape(line)}");
        foreach (string line in refusals) results.Line($"refused   {Display.Escape(line)}");
    }
}
