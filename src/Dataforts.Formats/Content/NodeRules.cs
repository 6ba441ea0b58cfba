using System.Collections.Immutable;

namespace Dataforts.Content;

/// <summary>The one validator of tree nodes, behind constructors and decoder. Each method gives the bytes covered.</summary>
internal static class NodeRules
{
    public static ulong Children(ImmutableArray<TreeChild> children)
    {
        Entries(children.IsDefault ? 0 : children.Length, "An Internal", "children");
        ulong covered = 0;
        for (int i = 0; i < children.Length; i++)
        {
            ulong size = children[i].SizeBytes;
            if (size == 0)
                throw new DecodeException(DecodeError.ChunkSize, $"Child {i} of an Internal covers no bytes.");
            if (size > ulong.MaxValue - covered)
                throw new DecodeException(DecodeError.TotalMismatch, $"The sizes of an Internal's children overflow 64 bits at child {i}.");
            covered += size;
        }
        return covered;
    }

    /// <summary>A leaf covers all its chunks; what their roles are, the format does not say.</summary>
    public static ulong Chunks(ImmutableArray<TreeChunk> chunks)
    {
        Entries(chunks.IsDefault ? 0 : chunks.Length, "A Leaf", "chunks");
        ulong covered = 0;
        foreach (ref readonly TreeChunk chunk in chunks.AsSpan())
        {
            ChunkSize(chunk.SizeBytes);
            covered += chunk.SizeBytes;
        }
        return covered;
    }

    /// <summary>An erasure leaf covers its data chunks.</summary>
    public static ulong Stripes(ImmutableArray<Stripe> stripes)
    {
        Entries(stripes.IsDefault ? 0 : stripes.Length, "An ErasureLeaf", "stripes");
        ulong covered = 0;
        int chunks = 0;
        for (int i = 0; i < stripes.Length; i++)
        {
            chunks += stripes[i].Chunks.IsDefault ? 0 : stripes[i].Chunks.Length;
            if (chunks > FormatLimits.TreeFanout)
                throw TooMany("An ErasureLeaf", "chunks over its stripes", (ulong)chunks);
            covered += StripeShape(stripes[i], i);
        }
        return covered;
    }

    public static void ChunkSize(uint sizeBytes)
    {
        if (sizeBytes is 0 or > FormatLimits.LeafChunkMaxBytes)
        {
            throw new DecodeException(
                DecodeError.ChunkSize,
                $"A chunk of {sizeBytes} bytes is outside a leaf's limits of 1 to {FormatLimits.LeafChunkMaxBytes} bytes.");
        }
    }

    public static void EncodedLength(int lengthBytes)
    {
        if (lengthBytes > FormatLimits.NodeMaxBytes)
        {
            throw new DecodeException(
                DecodeError.NodeTooLong, $"A node of {lengthBytes} bytes is above the limit of {FormatLimits.NodeMaxBytes} bytes.");
        }
    }

    private static ulong StripeShape(Stripe stripe, int index)
    {
        int length = stripe.Chunks.IsDefault ? 0 : stripe.Chunks.Length;
        bool coded = stripe.Encoding.IsReedSolomon;
        int data = coded ? stripe.Encoding.DataShards : length;
        if (length == 0 || (coded && length != data + stripe.Encoding.ParityShards))
        {
            throw new DecodeException(
                DecodeError.StripeShape,
                $"Stripe {index} ({stripe.Encoding}) has {length} chunks; it needs {(coded ? $"{data + stripe.Encoding.ParityShards}" : "at least 1")}.");
        }
        ulong covered = 0;
        for (int i = 0; i < length; i++)
        {
            TreeChunk chunk = stripe.Chunks[i];
            ChunkSize(chunk.SizeBytes);
            if (chunk.Role.IsParity != i >= data)
            {
                throw new DecodeException(
                    DecodeError.StripeShape, $"Chunk {i} of stripe {index} ({stripe.Encoding}) is {chunk.Role}, out of its place.");
            }
            if (i < data)
                covered += chunk.SizeBytes;
        }
        return covered;
    }

    private static void Entries(int count, string node, string entries)
    {
        if (count == 0)
            throw new DecodeException(DecodeError.NoChunks, $"{node} has no {entries}; it needs at least 1.");
        if (count > FormatLimits.TreeFanout)
            throw TooMany(node, entries, (ulong)count);
    }

    private static DecodeException TooMany(string node, string entries, ulong count) =>
        new(DecodeError.TooManyEntries, $"{node} with {count} {entries} is above the limit of {FormatLimits.TreeFanout}.");
}
