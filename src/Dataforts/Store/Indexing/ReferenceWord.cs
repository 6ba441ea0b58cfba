namespace Dataforts.Store.Indexing;

/// <summary>Four bytes that a slot keeps for the life cycle: small counts of references; or for a chunk that nothing refers to, the generation in
/// which a put last met it.</summary>
internal static class ReferenceWord
{
    /// <summary>Being removed: whoever puts the chunk now stores it anew.</summary>
    public const uint Condemned = uint.MaxValue;

    /// <summary>The counts are too large for a slot and lie apart.</summary>
    public const uint Apart = uint.MaxValue - 1;

    private const uint StampBit = 1u << 31;
    private const uint StampModulus = StampBit - 2;
    private const int DataBits = 16;
    private const int MaxData = (1 << DataBits) - 1;
    private const int MaxNodes = (1 << 15) - 1;

    /// <summary>Whether it says that nothing refers to the chunk.</summary>
    public static bool IsUnreferenced(uint word) => word == 0 || (word >= StampBit && word != Apart);

    /// <summary>The word of a chunk that a put has just met.</summary>
    public static uint Stamp(long generation) => StampBit | (uint)(generation % StampModulus);

    /// <summary>Whether a put that began with or after generation <paramref name="oldest"/> may have met the chunk. In doubt it may have.</summary>
    public static bool IsTouchedSince(uint word, long oldest, long current)
    {
        if (word == 0) return false;
        long age = ((current % StampModulus) - (word & ~StampBit) + StampModulus) % StampModulus;
        return age <= current - oldest;
    }

    public static ReferenceCount Counts(uint word) => IsUnreferenced(word) ? default : new ReferenceCount(word & MaxData, word >> DataBits);

    /// <summary>The word that says so much, <see cref="Apart"/> when none can, 0 for nothing.</summary>
    public static uint Of(ReferenceCount count) =>
        count.Data > MaxData || count.Nodes > MaxNodes ? Apart : (uint)count.Data | ((uint)count.Nodes << DataBits);
}
