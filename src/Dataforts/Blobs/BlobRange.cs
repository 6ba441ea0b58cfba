using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>Bytes of a blob: from <see cref="Offset"/> on, <see cref="Length"/> of them.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many; 0 is an empty range.</param>
public readonly record struct BlobRange(ulong Offset, ulong Length)
{
    /// <summary>The byte behind the last.</summary>
    public ulong End => checked(Offset + Length);

    /// <summary>The range inside a blob, or all of it when null.</summary>
    internal static BlobRange Within(BlobRef blob, BlobRange? range)
    {
        BlobRange wanted = range ?? new BlobRange(0, blob.SizeBytes);
        if (wanted.Offset > blob.SizeBytes || wanted.Length > blob.SizeBytes - wanted.Offset)
        {
            throw new ArgumentOutOfRangeException(nameof(range),
                $"bytes {wanted.Offset} and {wanted.Length} on are not inside a blob of {blob.SizeBytes} bytes");
        }
        return wanted;
    }

    /// <summary>The same, for calls that keep the bytes in memory.</summary>
    internal static BlobRange Buffered(BlobRef blob, BlobRange? range)
    {
        BlobRange wanted = Within(blob, range);
        if (wanted.Length > (ulong)BlobLimits.MaxBufferedReadBytes)
        {
            throw new DatafortsException(ErrorKind.LimitExceeded,
                $"{wanted.Length} bytes are more than MaxBufferedReadBytes ({BlobLimits.MaxBufferedReadBytes}) in memory; read a stream");
        }
        return wanted;
    }
}
