using System.Globalization;
using System.Text.Json;

namespace Dataforts.Workloads;

/// <summary>Prints one figure a line: name, value, unit and, where there is something to compare with, the ratio.</summary>
internal sealed class Report(bool json)
{
    /// <summary>Rate of <paramref name="bytes"/> by the clock and by the processors' time, each with the ratio to what was measured in the
    /// same turns, what was allocated, and the collections of all turns. The clock says little when others use the machine.</summary>
    public void Add(string name, long bytes, List<Cost> costs, List<Cost> others)
    {
        Add(name, bytes / Median.Of(costs.Select(cost => cost.Seconds)) / 1e9, "GB/s",
            Median.Of(costs.Zip(others, (cost, other) => other.Seconds / cost.Seconds)));
        Add("  by processor time", bytes / Median.Of(costs.Select(cost => cost.ProcessorSeconds)) / 1e9, "GB/s",
            Median.Of(costs.Zip(others, (cost, other) => other.ProcessorSeconds / cost.ProcessorSeconds)));
        Add("  allocated", Median.Of(costs.Select(cost => cost.AllocatedBytes / 1024.0 / (bytes >> 20))), "KiB/M");
        Add("  collections of generation 2", costs.Sum(cost => cost.OldCollections), "");
    }

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
