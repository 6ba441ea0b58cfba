using Dataforts.Chunking;

namespace Dataforts.Store;

/// <summary>A store at a glance. Counts and sizes are kept as the store changes, not counted when asked for.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="StoreId">Who it is.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Profile">How it cuts by default.</param>
/// <param name="Chunks">Distinct chunks.</param>
/// <param name="LiveBytes">Their bytes.</param>
/// <param name="GarbageBytes">Bytes of chunks in the log that a later copy has replaced.</param>
/// <param name="DiskBytes">Bytes of the segment files.</param>
/// <param name="Segments">Segment files.</param>
public sealed record StoreInfo(
    string Path, Guid StoreId, DateTimeOffset CreatedAt, ChunkingProfile Profile, long Chunks, long LiveBytes, long GarbageBytes, long DiskBytes, int Segments)
{
    /// <summary>Channels of events.</summary>
    public int Channels { get; init; }

    /// <summary>Events that are retained; summed over the channels when asked for.</summary>
    public long Events { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long EventBytes { get; init; }

    /// <summary>What could not be kept when the store was opened or rebuilt, one line each: damaged records, and names behind a hole that a loss
    /// of power left. Empty when nothing was lost, and for what only a crash left torn.</summary>
    public IReadOnlyList<string> GivenUp { get; init; } = [];
}
