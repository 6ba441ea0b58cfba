using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Putting a file until it is on the device, against putting it into the system's cache and then flushing as much.</summary>
internal sealed class DurableFilePutMeasurement() : Measurement("put-1g-durable", "put a file of 1 GiB into a fresh store, durable")
{
    private const int PieceBytes = 1 << 20;

    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        var turns = new PairedTurns();
        double megabytes = run.FileBytes / 1e6;
        await run.RepeatAsync(async counts =>
        {
            double durable = await FilePutMeasurement.PutAsync(run, new PutOptions { Durability = Durability.Durable }, cancellationToken);
            double buffered = await FilePutMeasurement.PutAsync(run, new PutOptions(), cancellationToken);
            using var file = new PlainFile(run.NewPath(), run.FileBytes);
            file.Write(run.Content, PieceBytes, 0, cancellationToken);
            double flush = run.Seconds(file.Flush);
            if (counts) turns.Add(megabytes / durable, megabytes / (buffered + flush));
        }, cancellationToken);
        return [turns.Row(Name, "MB/s", "the buffered put, then fsync of a file as large", BenchGoal.RatioAtLeast(0.8))];
    }
}
