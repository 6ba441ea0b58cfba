using System.Globalization;
using System.Text.Json;

namespace Dataforts.Workloads;

/// <summary>Prints one figure a line: name, value, unit and, where there is something to compare with, the ratio.</summary>
internal sealed class Report(bool json)
{
    public void Add(string name, double value, string unit, double? ratio = null)
    {
        if (!json)
        {
            string compared = ratio is { } times ? times.ToString("F2", CultureInfo.InvariantCulture) : "-";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44} {value,10:F3} {unit,-6} {compared,8}"));
            return;
        }
        using (var writer = new Utf8JsonWriter(Console.OpenStandardOutput()))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteNumber("value", value);
            writer.WriteString("unit", unit);
            if (ratio is { } times) writer.WriteNumber("ratio", times);
            writer.WriteEndObject();
        }
        Console.WriteLine();
    }
}
