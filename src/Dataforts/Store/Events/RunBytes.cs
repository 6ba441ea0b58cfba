using System.Buffers;
using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>The records of a run in pooled memory.</summary>
internal sealed class RunBytes : IDisposable
{
    private readonly byte[] _pooled;
    private readonly EventRun _run;
    private readonly uint _seed;

    private RunBytes(byte[] pooled, in EventRun run, uint seed)
    {
        _pooled = pooled;
        _run = run;
        _seed = seed;
    }

    /// <summary>The run's bytes.</summary>
    public ReadOnlySpan<byte> Span => _pooled.AsSpan(SegmentLog.FrameMargin, _run.Span);

    /// <summary>The same, with the room before it that an append of them wants.</summary>
    public Span<byte> Frame => _pooled.AsSpan(0, SegmentLog.FrameMargin + _run.Span);

    /// <summary>Reads a run; null where it cannot be read whole.</summary>
    public static RunBytes? Read(SegmentLog log, in EventRun run)
    {
        if (log.SeedOf(run.Segment) is not { } seed) return null;
        byte[] pooled = ArrayPool<byte>.Shared.Rent(SegmentLog.FrameMargin + run.Span);
        var bytes = new RunBytes(pooled, run, seed);
        try
        {
            int read = log.Read(new RecordLocation(run.Segment, run.Offset, run.Span), 0, bytes.Frame[SegmentLog.FrameMargin..]);
            if (read == run.Span) return bytes;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.Io)
        {
            // As one that is too short: nobody can tell what it said.
        }
        bytes.Dispose();
        return null;
    }

    /// <summary>The record of a channel that begins at a place of the run; false where there is none, or not all of it.</summary>
    public bool TryRecord(int at, ulong channel, out EventRecord record) =>
        EventRecord.TryRead(Span[at..], RecordHeader.PlaceSeed(_seed, _run.Offset + at), out record)
        && record.Slot.Channel == channel && record.Stride <= _run.Span - at;

    /// <summary>Whether the bytes between a record's payload and the next record are zero, as they should be.</summary>
    public bool PaddingIsZero(int at, in EventRecord record) =>
        !Span[(at + RecordHeader.SizeBytes + record.Header.PayloadLength)..(at + record.Stride)].ContainsAnyExcept((byte)0);

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_pooled);
}
