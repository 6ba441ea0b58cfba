namespace Dataforts.Log;

/// <summary>What a hint file says of its segment as a whole.</summary>
/// <param name="StoreId">The store.</param>
/// <param name="Segment">The segment's id.</param>
/// <param name="CoveredLength">The bytes of the segment that the file speaks of, from its start on.</param>
/// <param name="LastSequence">The highest sequence number among its records.</param>
internal readonly record struct HintSummary(Guid StoreId, uint Segment, long CoveredLength, ulong LastSequence)
{
    /// <summary>Bytes of payload of chunk records that are not listed, because a later one in the segment has their hash.</summary>
    public long ShadowedBytes { get; init; }
}
