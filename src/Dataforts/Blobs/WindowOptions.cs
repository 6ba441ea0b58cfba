namespace Dataforts.Blobs;

/// <summary>How much of one blob is under way at once.</summary>
public sealed record WindowOptions
{
    /// <summary>Chunks at once, from 1; with a source or sink that is immediate, batches of chunks.</summary>
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

    /// <summary>Chunks that one task works on where source or sink are immediate, from 1 to 1024.</summary>
    /// <value><see cref="BlobLimits.BatchChunks"/>.</value>
    public int BatchChunks
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            field = value;
        }
    } = BlobLimits.BatchChunks;

    /// <summary>Bytes of those chunks, from 1; a single chunk may exceed it.</summary>
    /// <value><see cref="BlobLimits.BatchBytes"/>.</value>
    public long BatchBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = BlobLimits.BatchBytes;

    /// <summary>The most chunks of a batch and bytes of it, which the window's own bound as well.</summary>
    internal (int Chunks, long Bytes) BatchLimits(bool isImmediate) => (isImmediate ? BatchChunks : 1, Math.Min(BatchBytes, MaxBytes));

    /// <summary>These options, or with fewer bytes: where nothing is waited for, what keeps every processor at work is enough.</summary>
    internal WindowOptions For(bool isImmediate)
    {
        long enough = Environment.ProcessorCount * BlobLimits.WindowBytesPerProcessor;
        return isImmediate && enough < MaxBytes ? this with { MaxBytes = enough } : this;
    }
}
