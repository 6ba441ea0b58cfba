using System.Collections.Immutable;

namespace Dataforts.Content;

/// <summary>The one validator of refs, behind constructors and decoder; what passes can always be encoded.</summary>
internal static class RefRules
{
    public static void Small(ulong sizeBytes) => EnsureSize("Small", sizeBytes);

    /// <returns>The sum of the chunks' sizes.</returns>
    public static ulong Chunks(ImmutableArray<ChunkRef> chunks)
    {
        if (chunks.IsDefaultOrEmpty)
            throw new DecodeException(DecodeError.NoChunks, "A Manifest needs at least one chunk.");
        if (chunks.Length > FormatLimits.ManifestMaxChunks)
        {
            throw new DecodeException(
                DecodeError.TooManyEntries,
                $"A Manifest of {chunks.Length} chunks is above the limit of {FormatLimits.ManifestMaxChunks}.");
        }
        int last = chunks.Length - 1;
        for (int i = 0; i < last; i++)
        {
            if (chunks[i].SizeBytes != FormatLimits.ManifestChunkSizeBytes)
            {
                throw new DecodeException(
                    DecodeError.ChunkSize,
                    $"Chunk {i} of a Manifest has {chunks[i].SizeBytes} bytes; all but the last have {FormatLimits.ManifestChunkSizeBytes}.");
            }
        }
        uint lastSize = chunks[last].SizeBytes;
        if (lastSize is 0 or > FormatLimits.ManifestChunkSizeBytes)
        {
            throw new DecodeException(
                DecodeError.ChunkSize,
                $"The last chunk of a Manifest has {lastSize} bytes; it may have 1 to {FormatLimits.ManifestChunkSizeBytes}.");
        }
        ulong total = ((ulong)last * FormatLimits.ManifestChunkSizeBytes) + lastSize;
        EnsureSize("Manifest", total);
        return total;
    }

    public static void Tree(ulong sizeBytes, int depth)
    {
        if (sizeBytes is 0 or > FormatLimits.TreeMaxSizeBytes)
        {
            throw new DecodeException(
                DecodeError.SizeOutOfRange,
                $"A Tree of {sizeBytes} bytes is outside the limits of 1 to {FormatLimits.TreeMaxSizeBytes} bytes.");
        }
        if (depth is < 1 or > FormatLimits.TreeMaxDepth)
        {
            throw new DecodeException(
                DecodeError.DepthOutOfRange,
                $"A Tree of depth {depth} is outside the limits of 1 to {FormatLimits.TreeMaxDepth}.");
        }
        ulong least = TreeMinSizeBytes(depth);
        ulong most = TreeMaxSizeBytes(depth);
        if (sizeBytes < least || sizeBytes > most)
        {
            throw new DecodeException(
                DecodeError.SizeImpossibleAtDepth,
                $"A Tree of depth {depth} cannot have {sizeBytes} bytes, only {least} to {most}.");
        }
    }

    /// <summary>A tree is only as deep as it must be: depth d means more than one node below the root on each level.</summary>
    public static ulong TreeMinSizeBytes(int depth) => 1UL << (7 * (depth - 1));

    /// <summary>As many of the largest chunks as the depth can address; depth 4 keeps the format's own cap, which published vectors reach.</summary>
    public static ulong TreeMaxSizeBytes(int depth) => depth == FormatLimits.TreeMaxDepth
        ? FormatLimits.TreeMaxSizeBytes
        : (ulong)FormatLimits.LeafChunkMaxBytes << (7 * depth);

    public static void Body(BlobRefKind kind, long lengthBytes)
    {
        int limit = BodyLimit(kind);
        if (lengthBytes > limit)
            throw new DecodeException(DecodeError.BodyTooLong, $"A {kind} body of {lengthBytes} bytes is above the limit of {limit} bytes.");
    }

    /// <summary>The body's limit as a constructor meets it: only the URI can have made it too long.</summary>
    public static void BodyWithUri(BlobRefKind kind, long lengthBytes, int uriBytes)
    {
        int limit = BodyLimit(kind);
        if (lengthBytes > limit)
        {
            throw new DecodeException(
                DecodeError.UriTooLong,
                $"A URI of {uriBytes} bytes is too long for this {kind}: its body would have {lengthBytes} bytes, the limit is {limit}.");
        }
    }

    private static int BodyLimit(BlobRefKind kind) =>
        kind == BlobRefKind.Tree ? FormatLimits.TreeBodyMaxBytes : FormatLimits.ManifestBodyMaxBytes;

    private static void EnsureSize(string kind, ulong sizeBytes)
    {
        if (sizeBytes > FormatLimits.RefMaxSizeBytes)
        {
            throw new DecodeException(
                DecodeError.SizeOutOfRange,
                $"A {kind} of {sizeBytes} bytes is above the limit of {FormatLimits.RefMaxSizeBytes} bytes (16 GiB).");
        }
    }
}
