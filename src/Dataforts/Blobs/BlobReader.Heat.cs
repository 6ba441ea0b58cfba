using System.Runtime.CompilerServices;
using Dataforts.Content;

namespace Dataforts.Blobs;

public sealed partial class BlobReader
{
    private volatile IReadHeat? _heat;

    /// <summary>Told what is read; nobody when null. A read under way keeps the one it began with.</summary>
    public IReadHeat? Heat
    {
        get => _heat;
        set => _heat = value;
    }

    // A caller that stops early has read what it was handed; a read that failed counts for nothing.
    private static async IAsyncEnumerable<VerifiedSlice> CountedAsync(
        ManifestRef manifest, BlobRange range, IReadHeat heat, IAsyncEnumerable<VerifiedSlice> slices,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ulong read = 0;
        bool isGood = true;
        IAsyncEnumerator<VerifiedSlice> next = slices.GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                isGood = false;
                if (!await next.MoveNextAsync().ConfigureAwait(false)) break;
                isGood = true;
                read += (ulong)next.Current.Memory.Length;
                yield return next.Current;
            }
            isGood = true;
        }
        finally
        {
            await next.DisposeAsync().ConfigureAwait(false);
            if (isGood && read > 0) heat.Count(Touched(manifest, range.Offset, range.Offset + read));
        }
    }

    private static ReadOnlySpan<ChunkRef> Touched(ManifestRef manifest, ulong start, ulong end) =>
        manifest.Chunks.AsSpan()[(int)(start / FormatLimits.ManifestChunkSizeBytes)..((int)((end - 1) / FormatLimits.ManifestChunkSizeBytes) + 1)];
}
