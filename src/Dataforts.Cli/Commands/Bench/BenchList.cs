using Dataforts.Cli.Errors;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>All that can be measured, in the order in which it is. A new one is a class of its own and a line here.</summary>
internal static class BenchList
{
    public static readonly IReadOnlyList<Measurement> All =
    [
        new FilePutMeasurement(),
        new DurableFilePutMeasurement(),
        new SecondPutMeasurement(),
        new FileGetMeasurement(),
        new BlobPutMeasurement("put-64k", "64 KiB puts, 8 at a time, buffered", BlobPutMeasurement.Medium, BenchGoal.RatioAtLeast(0.5)),
        new BlobPutMeasurement("put-64k-durable", "64 KiB puts, 8 at a time, durable", BlobPutMeasurement.MediumDurable, BenchGoal.RatioAtLeast(0.5)),
        new BlobPutMeasurement("put-4k-durable", "4 KiB puts, 64 at a time, durable", BlobPutMeasurement.TinyDurable, BenchGoal.RatioAtLeast(0.15)),
        new BlobGetMeasurement(),
        new ProbeMeasurement(),
        new OpenMeasurement(),
        new AllocationMeasurement(),
        new TreeMeasurement(),
        new CompactionMeasurement(),
        new ScrubMeasurement(),
        new CollectionMeasurement(),
        new PeakMemoryMeasurement(),
    ];

    /// <summary>The measurements that were typed, each once; all when none was.</summary>
    /// <exception cref="CliException">There is none of a name.</exception>
    public static IReadOnlyList<Measurement> Choose(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) return All;
        foreach (string name in names)
        {
            if (!All.Any(measurement => Answers(measurement, name)))
                throw CliException.Usage($"there is no measurement '{name}'; there are {string.Join(", ", All.Select(measurement => measurement.Name))}");
        }
        return [.. All.Where(measurement => names.Any(name => Answers(measurement, name)))];
    }

    private static bool Answers(Measurement measurement, string name) => measurement.Name == name || measurement.Rows.Contains(name);
}
