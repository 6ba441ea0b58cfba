namespace Dataforts.Content;

/// <summary>Every number the formats of refs and tree nodes are bounded by.</summary>
/// <remarks>A bound is inclusive unless its description says otherwise. What a store or a reader adds of its own is not here.</remarks>
public static class FormatLimits
{
    /// <summary>Version byte of a Small.</summary>
    public const byte SmallVersion = 1;

    /// <summary>Version byte of a Manifest.</summary>
    public const byte ManifestVersion = 2;

    /// <summary>Version byte of a Tree.</summary>
    public const byte TreeVersion = 3;

    /// <summary>First byte of a Manifest's body.</summary>
    public const byte ManifestBodyVersion = 1;

    /// <summary>First byte of a Tree's body.</summary>
    public const byte TreeBodyVersion = 1;

    /// <summary>Bytes of an encoded ref before its body: the magic and the version.</summary>
    public const int RefHeaderBytes = 5;

    /// <summary>Bytes of an encoded Small before its URI: header, hash, size.</summary>
    public const int SmallHeaderBytes = RefHeaderBytes + BlobHash.SizeBytes + sizeof(ulong);

    /// <summary>The most bytes a Small or a Manifest may stand for: 16 GiB.</summary>
    public const ulong RefMaxSizeBytes = 16UL << 30;

    /// <summary>The most UTF-8 bytes in a Small's URI: 512 MiB, so that the encoding fits an array and the text form a string.</summary>
    /// <remarks>Manifest and Tree have no limit of their own for the URI: the body's limit counts.</remarks>
    public const int SmallUriMaxBytes = 512 << 20;

    /// <summary>The stride of a Manifest: every chunk but the last has exactly this size (4 MiB), the last at most.</summary>
    public const uint ManifestChunkSizeBytes = 4 << 20;

    /// <summary>The most chunks a Manifest may list; 16 GiB in strides of 4 MiB is reached at 4,096.</summary>
    public const int ManifestMaxChunks = 8192;

    /// <summary>The most bytes in a Manifest's body, looked at before anything in it is parsed.</summary>
    public const int ManifestBodyMaxBytes = ManifestMaxChunks + 32 + (ManifestMaxChunks * 50);

    /// <summary>The most bytes in a Tree's body, looked at before anything in it is parsed.</summary>
    public const int TreeBodyMaxBytes = 1024;

    /// <summary>The most bytes a Tree may claim: 2^57 (128 PiB).</summary>
    public const ulong TreeMaxSizeBytes = 1UL << 57;

    /// <summary>The most levels of a Tree; at depth 1 the root is the leaf.</summary>
    public const int TreeMaxDepth = 4;

    /// <summary>The most children of an internal node, chunks of a leaf, chunks over all stripes of an erasure leaf.</summary>
    public const int TreeFanout = 128;

    /// <summary>From this size on (32 GiB) a producer prefers a Tree; a policy, not a rule of the format.</summary>
    public const ulong TreePreferredFromBytes = 32UL << 30;

    /// <summary>The most bytes of an encoded node, looked at before anything in it is parsed.</summary>
    public const int NodeMaxBytes = 65_536;

    /// <summary>The most bytes of a chunk that a leaf lists: 16 MiB.</summary>
    public const uint LeafChunkMaxBytes = 16 << 20;

    /// <summary>The most shards of a stripe, data and parity together: a stripe has to fit one leaf.</summary>
    public const int StripeMaxShards = TreeFanout;

    /// <summary>Data shards of a stripe when nothing else is asked for.</summary>
    public const int DefaultDataShards = 10;

    /// <summary>Parity shards of a stripe when nothing else is asked for.</summary>
    public const int DefaultParityShards = 4;

    /// <summary>The four bytes every encoded ref begins with.</summary>
    public static ReadOnlySpan<byte> RefMagic => [0xB0, 0xB1, 0xB2, 0xB3];
}
