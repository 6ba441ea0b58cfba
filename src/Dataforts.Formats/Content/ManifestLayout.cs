namespace Dataforts.Content;

/// <summary>Where the chunks of a payload of known length lie under the Manifest's fixed stride. Pure arithmetic.</summary>
public static class ManifestLayout
{
    /// <summary>Whether a payload of this length is one chunk and so becomes a Small: up to 4 MiB, none included.</summary>
    public static bool IsSmall(ulong lengthBytes) => lengthBytes <= FormatLimits.ManifestChunkSizeBytes;

    /// <summary>How many chunks a payload has: 0 for an empty one.</summary>
    /// <exception cref="DecodeException"><see cref="DecodeError.SizeOutOfRange"/>: more than <see cref="FormatLimits.RefMaxSizeBytes"/>.</exception>
    public static int ChunkCount(ulong lengthBytes)
    {
        if (lengthBytes > FormatLimits.RefMaxSizeBytes)
        {
            throw new DecodeException(
                DecodeError.SizeOutOfRange,
                $"A payload of {lengthBytes} bytes is above a Manifest's limit of {FormatLimits.RefMaxSizeBytes} bytes (16 GiB).");
        }
        return (int)((lengthBytes + FormatLimits.ManifestChunkSizeBytes - 1) / FormatLimits.ManifestChunkSizeBytes);
    }

    /// <summary>The length of one chunk of a payload: 4 MiB, or what is left for the last.</summary>
    /// <param name="lengthBytes">The payload's length.</param>
    /// <param name="index">0 up to, not including, <see cref="ChunkCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such chunk.</exception>
    /// <exception cref="DecodeException">The payload is longer than a Manifest may be.</exception>
    public static uint ChunkSizeBytes(ulong lengthBytes, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ChunkCount(lengthBytes));
        ulong start = (ulong)index * FormatLimits.ManifestChunkSizeBytes;
        return (uint)Math.Min(lengthBytes - start, FormatLimits.ManifestChunkSizeBytes);
    }
}
