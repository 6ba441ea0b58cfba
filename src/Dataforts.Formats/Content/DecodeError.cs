namespace Dataforts.Content;

/// <summary>Every rule of the formats that can be broken. New ones may be added at the end.</summary>
public enum DecodeError
{
    /// <summary>The bytes end before the value does, or a count or length announces more than is there.</summary>
    Truncated = 1,

    /// <summary>Bytes are left after the value.</summary>
    TrailingBytes,

    /// <summary>A number is written longer than needed or does not fit its type.</summary>
    BadVarint,

    /// <summary>A Manifest's or Tree's body is longer than allowed.</summary>
    BodyTooLong,

    /// <summary>The URI is not UTF-8, or holds a lone surrogate.</summary>
    UriNotUtf8,

    /// <summary>The URI is longer than the frame can carry.</summary>
    UriTooLong,

    /// <summary>The encoding is neither Replicated nor Reed-Solomon.</summary>
    UnknownEncoding,

    /// <summary>Reed-Solomon with k or m of 0, or with more than 128 shards.</summary>
    ErasureParameters,

    /// <summary>The blob's size is above what its kind allows, or a Tree is empty.</summary>
    SizeOutOfRange,

    /// <summary>No chunks where at least one has to be.</summary>
    NoChunks,

    /// <summary>More chunks, children or stripes than allowed.</summary>
    TooManyEntries,

    /// <summary>A chunk's or child's size is not one it may have in its place.</summary>
    ChunkSize,

    /// <summary>The declared total is not the sum of the parts, or the sum overflows.</summary>
    TotalMismatch,

    /// <summary>A Tree's depth is not 1 to 4.</summary>
    DepthOutOfRange,

    /// <summary>A Tree's size is impossible at its depth.</summary>
    SizeImpossibleAtDepth,

    /// <summary>An encoded node is longer than allowed.</summary>
    NodeTooLong,

    /// <summary>The node is neither Internal nor Leaf nor ErasureLeaf.</summary>
    UnknownNodeKind,

    /// <summary>The chunk's role is neither Data nor Parity.</summary>
    UnknownRole,

    /// <summary>A stripe's chunks are not those its encoding asks for.</summary>
    StripeShape,

    /// <summary>More chunks or leaves than a tree of depth 4 can hold.</summary>
    TreeTooDeep,

    /// <summary>A byte range that is not inside the blob, or ends before it starts.</summary>
    RangeOutOfBounds,

    /// <summary>A text form that was mistyped or cut.</summary>
    MistypedOrCut,

    /// <summary>A text form of an unknown layout, or in another layout than the one its ref has.</summary>
    TextLayout,
}
