using System.Globalization;
using System.Text.Json;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Demo;

/// <summary>Tells the demo: a table for people, an object a step for scripts.</summary>
internal sealed class DemoReport(CommandContext context)
{
    private const double Megabyte = 1_000_000;

    public void Begin(int files, long bytes)
    {
        if (context.Json) return;
        Line($"A folder of {files} files, {Mega(bytes)} in all, goes into a fresh store.");
        Line("");
        Line($"  {"what happens",-62}{"content",12}{"stored",12}{"known",12}{"time",10}");
        Line("  " + new string('-', 108));
    }

    public void Step(string step, string what, DemoTotals totals)
    {
        if (!context.Json)
        {
            Line($"  {what,-62}{Mega(totals.Bytes),12}{Mega(totals.StoredBytes),12}{Share(totals),12}{Milli(totals.Elapsed),10}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("step"u8, step);
        json.WriteNumber("bytes"u8, totals.Bytes);
        json.WriteNumber("chunks"u8, totals.Chunks);
        json.WriteNumber("storedBytes"u8, totals.StoredBytes);
        json.WriteNumber("dedupedBytes"u8, totals.DedupedBytes);
        json.WriteNumber("seconds"u8, totals.Elapsed.TotalSeconds);
        context.Results.EndObject();
    }

    public void Check(string step, string what, bool good)
    {
        if (!context.Json)
        {
            Line($"  {what,-62}{(good ? "right" : "WRONG"),12}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("step"u8, step);
        json.WriteBoolean("good"u8, good);
        context.Results.EndObject();
    }

    public void Ref(string file, BlobRef blob)
    {
        if (context.Json) return;
        Line("");
        Line($"  All that a program has to pass on for {file} ({Mega((long)blob.SizeBytes)}) is its ref:");
        Line($"  {blob.ToText()}");
    }

    public void End(StoreInfo info)
    {
        if (!context.Json)
        {
            Line("");
            Line($"  The store held {info.Chunks} chunks, {Mega(info.LiveBytes)}. It and the files are gone again.");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("step"u8, "store");
        json.WriteNumber("chunks"u8, info.Chunks);
        json.WriteUInt64("liveBytes"u8, (ulong)info.LiveBytes);
        context.Results.EndObject();
    }

    private void Line(string text) => context.Results.Line(text.TrimEnd());

    private static string Mega(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte:F2} MB");

    private static string Share(DemoTotals totals) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * totals.DedupedBytes / Math.Max(1, totals.Bytes):F1} %");

    private static string Milli(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms");
}
