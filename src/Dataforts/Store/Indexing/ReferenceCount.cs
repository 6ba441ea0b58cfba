namespace Dataforts.Store.Indexing;

/// <summary>How often a chunk is referred to, by who refers: as data of a leaf, a list or a ref, and as a node of a tree.</summary>
/// <param name="Data">References as data.</param>
/// <param name="Nodes">References as a node.</param>
internal readonly record struct ReferenceCount(long Data, long Nodes)
{
    /// <summary>Whether nothing refers to it.</summary>
    public bool IsZero => Data == 0 && Nodes == 0;
}
