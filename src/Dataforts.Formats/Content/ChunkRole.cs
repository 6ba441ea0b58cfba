namespace Dataforts.Content;

/// <summary>What a chunk of a leaf is for: content, or parity of a stripe. The default value is <see cref="Data"/>.</summary>
public readonly record struct ChunkRole
{
    private ChunkRole(byte index) => (IsParity, Index) = (true, index);

    /// <summary>A chunk of the content.</summary>
    public static ChunkRole Data => default;

    /// <summary>Whether the chunk is parity.</summary>
    public bool IsParity { get; }

    /// <summary>The number the format carries for a parity chunk: the parity shard's ordinal. Readers go by position. 0 for data.</summary>
    public byte Index { get; }

    /// <summary>Bytes of the role on the wire.</summary>
    internal int EncodedLength => IsParity ? 2 : 1;

    /// <summary>The role of parity shard <paramref name="index"/>.</summary>
    public static ChunkRole Parity(byte index) => new(index);

    /// <inheritdoc/>
    public override string ToString() => IsParity ? $"parity {Index}" : "data";
}
