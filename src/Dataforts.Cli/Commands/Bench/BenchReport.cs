using System.Globalization;
using System.Text.Json;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Tells rows as they come: a table for people, an object a row for scripts.</summary>
internal sealed class BenchReport(CommandContext context)
{
    public void Begin()
    {
        if (context.Json) return;
        context.Results.Line($"{"name",-28}{"value",12} {"unit",-10}{"limit",12}{"ratio",8}  {"goal",-16}{"",-5}limit of");
        context.Results.Flush();
    }

    public void Add(BenchRow row)
    {
        if (context.Json) WriteJson(row);
        else WriteText(row);
        context.Results.Flush();
    }

    private void WriteJson(BenchRow row)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("name"u8, row.Name);
        json.WriteNumber("value"u8, Short(row.Value));
        json.WriteString("unit"u8, row.Unit);
        json.WriteNumber("limit"u8, Short(row.Limit));
        json.WriteNumber("ratio"u8, Short(row.Ratio));
        json.WriteString("limitOf"u8, row.LimitOf);
        if (row.Goal is { } goal)
        {
            json.WriteString("goal"u8, goal.ToString());
            json.WriteBoolean("met"u8, row.IsMet!.Value);
        }
        context.Results.EndObject();
    }

    private void WriteText(BenchRow row)
    {
        string figures = $"{row.Name,-28}{Text(row.Value),12} {row.Unit,-10}{Text(row.Limit),12}{Text(row.Ratio),8}";
        string verdict = row.IsMet switch { true => "met", false => "MISS", null => "" };
        context.Results.Line($"{figures}  {row.Goal?.ToString() ?? "",-16}{verdict,-5}{row.LimitOf}");
    }

    // Four digits are more than a second run repeats.
    private static double Short(double figure) =>
        figure == 0 ? 0 : Math.Round(figure, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(figure))), 0, 9));

    private static string Text(double figure) => Short(figure).ToString("#,0.####", CultureInfo.InvariantCulture);
}
