using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Dataforts.Content;

/// <summary>A node whose entries are the chunks of the content.</summary>
/// <remarks>The format lets a chunk here have any role and counts it as covered; a reader refuses parity in a leaf.</remarks>
public sealed class LeafNode : TreeNode
{
    internal const int MinChunkBytes = BlobHash.SizeBytes + 2;

    /// <summary>Takes the chunks in content order.</summary>
    /// <param name="chunks">1 to <see cref="FormatLimits.TreeFanout"/>, each of 1 to <see cref="FormatLimits.LeafChunkMaxBytes"/> bytes.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public LeafNode(ImmutableArray<TreeChunk> chunks)
    {
        CoveredBytes = NodeRules.Chunks(chunks);
        Chunks = chunks;
        EncodedLength = 1 + ListLength(chunks);
        NodeRules.EncodedLength(EncodedLength);
    }

    /// <summary>The chunks in content order.</summary>
    public ImmutableArray<TreeChunk> Chunks { get; }

    /// <inheritdoc/>
    public override ulong CoveredBytes { get; }

    /// <inheritdoc/>
    public override int EncodedLength { get; }

    internal static LeafNode Read(ref PostcardReader reader) => new(ReadList(ref reader));

    internal static int ListLength(ImmutableArray<TreeChunk> chunks)
    {
        int length = PostcardWriter.VarintLength((ulong)chunks.Length);
        foreach (ref readonly TreeChunk chunk in chunks.AsSpan())
            length += chunk.EncodedLength;
        return length;
    }

    internal static ImmutableArray<TreeChunk> ReadList(ref PostcardReader reader)
    {
        var chunks = new TreeChunk[reader.Count(FormatLimits.TreeFanout, MinChunkBytes, "chunks")];
        for (int i = 0; i < chunks.Length; i++)
            chunks[i] = new TreeChunk(reader.Hash(), reader.Varint32(), ReadRole(ref reader));
        return ImmutableCollectionsMarshal.AsImmutableArray(chunks);
    }

    internal static void WriteList(ref PostcardWriter writer, ImmutableArray<TreeChunk> chunks)
    {
        writer.Varint((ulong)chunks.Length);
        foreach (ref readonly TreeChunk chunk in chunks.AsSpan())
        {
            writer.Bytes(chunk.Hash.Span);
            writer.Varint(chunk.SizeBytes);
            writer.Byte(chunk.Role.IsParity ? (byte)1 : (byte)0);
            if (chunk.Role.IsParity)
                writer.Byte(chunk.Role.Index);
        }
    }

    private protected override void Write(ref PostcardWriter writer)
    {
        writer.Byte(LeafTag);
        WriteList(ref writer, Chunks);
    }

    private static ChunkRole ReadRole(ref PostcardReader reader)
    {
        uint index = reader.Varint32();
        return index switch
        {
            0 => ChunkRole.Data,
            1 => ChunkRole.Parity(reader.Byte()),
            _ => throw new DecodeException(DecodeError.UnknownRole, $"A chunk has the unknown role {index}."),
        };
    }
}
