namespace Dataforts.Blobs;

/// <summary>How much of one blob is under way at once.</summary>
public sealed record WindowOptions
{
    /// <summary>Chunks at once, from 1.</summary>
    /// <value><see cref="BlobLimits.WindowChunks"/>.</value>
    public int MaxChunks
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = BlobLimits.WindowChunks;

    /// <summary>Bytes of those chunks, from 1; a single chunk may exceed it.</summary>
    /// <value><see cref="BlobLimits.WindowBytes"/>.</value>
    public long MaxBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = BlobLimits.WindowBytes;
}
