using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Workers;

/// <summary>Workers as they are printed.</summary>
internal static class WorkerOutput
{
    /// <summary>One object, or one line.</summary>
    public static void Write(CommandContext context, WorkerStatus worker)
    {
        if (!context.Json)
        {
            context.Results.Line(LineOf(worker));
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        WriteFields(json, worker);
        context.Results.EndObject();
    }

    /// <summary>A worker on one line.</summary>
    public static string LineOf(WorkerStatus worker)
    {
        var line = new StringBuilder();
        CultureInfo plain = CultureInfo.InvariantCulture;
        line.Append(plain, $"{worker.Name,-8} {StateOf(worker),-8}");
        if (worker.Progress is { } progress) line.Append(plain, $" {progress.Done} of {progress.Total?.ToString(plain) ?? "?"} bytes");
        if (worker.BytesPerSecond is { } rate) line.Append(plain, $", at most {rate} bytes/s");
        if (worker.LastRunAt is { } last) line.Append(plain, $", last run {TimeText.Of(last)}");
        if (worker.NextRunAt is { } next) line.Append(plain, $", next {TimeText.Of(next)}");
        if (worker.LastError is { } error) line.Append(plain, $": {Display.Escape(error)}");
        return line.ToString();
    }

    /// <summary>The fields of the command-line contract, and what else there is to say.</summary>
    public static void WriteFields(Utf8JsonWriter json, WorkerStatus worker)
    {
        json.WriteString("name"u8, worker.Name);
        json.WriteString("state"u8, StateOf(worker));
        if (worker.Progress is { } progress)
        {
            json.WriteStartObject("progress"u8);
            json.WriteUInt64("bytesDone"u8, (ulong)progress.Done);
            if (progress.Total is { } total) json.WriteUInt64("bytesTotal"u8, (ulong)total);
            else json.WriteNull("bytesTotal"u8);
            json.WriteEndObject();
        }
        else json.WriteNull("progress"u8);
        json.WriteString("lastError"u8, worker.LastError);
        WriteTime(json, "nextRun", worker.NextRunAt);
        WriteTime(json, "lastRun", worker.LastRunAt);
        if (worker.BytesPerSecond is { } rate) json.WriteUInt64("bytesPerSecond"u8, (ulong)rate);
        else json.WriteNull("bytesPerSecond"u8);
        json.WriteNumber("runs"u8, worker.Runs);
        json.WriteNumber("failures"u8, worker.Failures);
    }

    private static string StateOf(WorkerStatus worker) => worker.State.ToString().ToLowerInvariant();

    private static void WriteTime(Utf8JsonWriter json, string key, DateTimeOffset? time)
    {
        if (time is { } at) json.WriteString(key, TimeText.Of(at));
        else json.WriteNull(key);
    }
}
