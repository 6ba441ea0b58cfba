using System.Globalization;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>The most memory that a long put and a long get take, each in a process of its own.</summary>
internal sealed class PeakMemoryMeasurement()
    : Measurement("rss-16g", "peak memory of putting and getting 16 GiB, each in a process of its own", "rss-put-16g", "rss-get-16g")
{
    private const int Files = 16;
    private const double TargetMiB = 256;

    // Records, the index of names, and what others on the device need.
    private const long SpareBytes = 1L << 30;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        long bytes = Fitting(run);
        string folder = run.NewPath();
        Directory.CreateDirectory(folder);
        var rows = new List<BenchRow>();
        foreach (string step in BenchStepCommand.Steps)
        {
            double peak = await BenchStepCommand.RunAsync(step, folder, bytes, cancellationToken) / (double)(1 << 20);
            string limitOf = string.Create(CultureInfo.InvariantCulture, $"256 MiB; with {bytes >> 20} MiB of content");
            rows.Add(BenchRow.Single($"rss-{step}-16g", peak, "MiB", TargetMiB, limitOf, BenchGoal.ValueAtMost(TargetMiB)));
        }
        Directory.Delete(folder, recursive: true);
        return rows;
    }

    private static long Fitting(BenchRun run)
    {
        long wanted = (long)Files * run.FileBytes;
        long room = new DriveInfo(run.Folder).AvailableFreeSpace - SpareBytes;
        if (room >= wanted + (wanted >> 5)) return wanted;
        long bytes = Math.Max(run.FileBytes, room / 8 * 7);
        run.Remark(string.Create(CultureInfo.InvariantCulture, $"the device has no room for {wanted >> 20} MiB; rss-16g uses {bytes >> 20} MiB"));
        return bytes;
    }
}
