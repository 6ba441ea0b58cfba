using System.Buffers;

namespace Dataforts.Blobs.Adapters;

/// <summary>A stream's content in one pooled array, which grows with what really comes.</summary>
internal sealed class PooledContent : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    private byte[]? _array;
    private readonly int _length;

    private PooledContent(byte[] array, int length) => (_array, _length) = (array, length);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <summary>Reads to the end.</summary>
    /// <param name="content">Stays open.</param>
    /// <param name="claimed">How much there should be; one byte more or less is a mismatch. Null: whatever comes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatafortsException">ClaimMismatch; LimitExceeded: more than fits memory, told before reading where it is claimed.</exception>
    public static async ValueTask<PooledContent> ReadAsync(Stream content, ulong? claimed, CancellationToken cancellationToken)
    {
        if (claimed > (ulong)BlobLimits.MaxBufferedReadBytes) throw ClaimVerifier.TooLong(claimed.Value);
        long most = (long?)claimed ?? BlobLimits.MaxBufferedReadBytes;
        byte[] array = ArrayPool<byte>.Shared.Rent((int)Math.Min(most + 1, FirstBytes));
        int filled = 0;
        try
        {
            while (true)
            {
                if (filled == array.Length) array = Grow(array, most + 1);
                int read = await content
                    .ReadAsync(array.AsMemory(filled, (int)Math.Min(array.Length, most + 1) - filled), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                filled += read;
                if (filled <= most) continue;
                throw claimed is null ? ClaimVerifier.TooLong((ulong)filled) : ClaimVerifier.Longer(claimed.Value);
            }
            if (claimed is { } size && (ulong)filled != size) throw ClaimVerifier.Shorter(size, (ulong)filled);
            return new PooledContent(array, filled);
        }
        catch (Exception error)
        {
            // A read that was called off may still write into the array.
            if (error is not OperationCanceledException) ArrayPool<byte>.Shared.Return(array);
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array) ArrayPool<byte>.Shared.Return(array);
    }

    private static byte[] Grow(byte[] array, long most)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(most, array.Length * 2L));
        array.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(array);
        return larger;
    }
}
