namespace Dataforts.Content;

public sealed partial class TreeBuilder
{
    /// <summary>Refuses a payload of known length that no tree can hold, before anything of it is written.</summary>
    /// <param name="lengthBytes">The payload's length; 0 passes.</param>
    /// <param name="largestChunkBytes">The longest chunk the chunker can cut, above 0: the exact size of fixed chunks.</param>
    /// <param name="chunksPerLeaf">Data chunks in one leaf: <see cref="FormatLimits.TreeFanout"/>, or k when a leaf is one stripe.</param>
    /// <remarks>With chunks of varying size this refuses what cannot fit even if every chunk is of the largest; what fails to fit by
    /// shorter chunks is refused by <see cref="Add"/>, at the first one too many.</remarks>
    /// <exception cref="DecodeException"><see cref="DecodeError.TreeTooDeep"/>, or <see cref="DecodeError.SizeOutOfRange"/> above 2^57 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The chunk size or the number of chunks is out of range.</exception>
    public static void EnsureFits(ulong lengthBytes, long largestChunkBytes, int chunksPerLeaf = FormatLimits.TreeFanout)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(largestChunkBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunksPerLeaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunksPerLeaf, FormatLimits.TreeFanout);
        if (lengthBytes > FormatLimits.TreeMaxSizeBytes)
        {
            throw new DecodeException(
                DecodeError.SizeOutOfRange,
                $"A payload of {lengthBytes} bytes is above a Tree's limit of {FormatLimits.TreeMaxSizeBytes} bytes.");
        }
        ulong chunks = (lengthBytes + (ulong)largestChunkBytes - 1) / (ulong)largestChunkBytes;
        ulong most = (ulong)MaxLeaves(FormatLimits.TreeFanout, FormatLimits.TreeMaxDepth) * (ulong)chunksPerLeaf;
        if (chunks > most)
        {
            throw new DecodeException(
                DecodeError.TreeTooDeep,
                $"A payload of {lengthBytes} bytes has at least {chunks} chunks of {largestChunkBytes} bytes; "
                + $"a tree of depth {FormatLimits.TreeMaxDepth} holds {most}.");
        }
    }

    private static long MaxLeaves(int fanout, int maxDepth)
    {
        long leaves = 1;
        for (int level = 1; level < maxDepth; level++)
            leaves *= fanout;
        return leaves;
    }
}
