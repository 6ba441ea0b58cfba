namespace Dataforts.Log;

/// <summary>What a segment is good for.</summary>
/// <param name="Id">Its number: higher is later.</param>
/// <param name="Bytes">Its bytes, header included.</param>
/// <param name="GarbageBytes">Bytes of records in it that are of no use any more.</param>
/// <param name="IsSealed">Whether it takes no more records.</param>
/// <param name="IsDamaged">Whether something in it cannot be read.</param>
internal readonly record struct SegmentUsage(ulong Id, long Bytes, long GarbageBytes, bool IsSealed, bool IsDamaged)
{
    /// <summary>The share of it that is garbage, 0 to 1.</summary>
    public double GarbageRatio => GarbageBytes / (double)Math.Max(1, Bytes - FileHeader.SizeBytes);
}
