using System.Buffers.Binary;
using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Reads the whole store from the device, verifies it, and puts what is wrong into quarantine. A run that is cut short is gone on with where
/// it was.</summary>
/// <param name="store">The store.</param>
/// <param name="repair">Where the right bytes may be had; null for nowhere.</param>
public sealed class ScrubWork(ChunkStore store, IChunkRepair? repair = null) : IWork
{
    private const int CursorBytes = 16;

    /// <inheritdoc/>
    public string Name => "scrub";

    /// <inheritdoc/>
    public string Description => "Reads every chunk from the device, verifies it, and quarantines or repairs what is wrong.";

    /// <inheritdoc/>
    public WorkSchedule Schedule { get; } = new(TimeSpan.FromDays(14)) { LongestRetry = TimeSpan.FromDays(1) };

    /// <inheritdoc/>
    public bool IsUrgent => false;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var options = new ScrubOptions { From = Decode(run.Cursor.Span), Pace = run.Pacing, Repair = repair };
        ScrubReport report = await store.ScrubAsync(options, new Forwarded(run), cancellationToken).ConfigureAwait(false);
        run.Keep([]);
        return Describe(report);
    }

    /// <summary>What an operator should know of a scrub; null when all is well.</summary>
    internal static string? Describe(ScrubReport report)
    {
        if (report.IsSound) return null;
        var lines = new List<string>();
        if (report.Corrupt.Count > 0) lines.Add($"{report.Corrupt.Count} chunks corrupt and quarantined, the first {report.Corrupt[0]}");
        if (report.Unreadable.Count > 0) lines.Add($"{report.Unreadable.Count} chunks cannot be read, the first {report.Unreadable[0]}");
        if (report.DamagedFiles.Count > 0) lines.Add($"{report.DamagedFiles.Count} files damaged, the first {report.DamagedFiles[0]}");
        return string.Join("; ", lines);
    }

    private static ScrubPosition Decode(ReadOnlySpan<byte> cursor) => cursor.Length != CursorBytes
        ? default
        : new ScrubPosition(BinaryPrimitives.ReadUInt64LittleEndian(cursor), BinaryPrimitives.ReadInt64LittleEndian(cursor[8..]));

    private sealed class Forwarded(WorkRun run) : IProgress<ScrubProgress>
    {
        public void Report(ScrubProgress value)
        {
            Span<byte> cursor = stackalloc byte[CursorBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(cursor, value.Position.Segment);
            BinaryPrimitives.WriteInt64LittleEndian(cursor[8..], value.Position.Offset);
            run.Keep(cursor);
            run.Report(value.BytesDone, value.BytesTotal);
        }
    }
}
