using System.Collections.Immutable;
using Dataforts.Mesh;

namespace Dataforts.Capabilities;

/// <summary>What two capability sets differ in, found in one walk over both.</summary>
/// <param name="Added">Tags that came, ordered; not one whose separator alone changed.</param>
/// <param name="Removed">Tags that went, ordered.</param>
/// <param name="Metadata">Keys that came, went or changed, in their order.</param>
public sealed record CapabilityDiff(ImmutableArray<string> Added, ImmutableArray<string> Removed, ImmutableArray<MetadataChange> Metadata)
{
    /// <summary>Whether the two say the same.</summary>
    public bool IsEmpty => Added.IsEmpty && Removed.IsEmpty && Metadata.IsEmpty;

    /// <summary>What leads from one to the other. Linear in both sizes.</summary>
    public static CapabilityDiff Between(CapabilitySet before, CapabilitySet after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Offer old = before.Offer, now = after.Offer;
        List<string> added = [], removed = [];
        if (!ReferenceEquals(old.Tags, now.Tags))
        {
            foreach (MergeStep<string> step in SortedMerge.Differences(old.Tags, now.Tags, StringComparer.Ordinal)) (step.IsAdded ? added : removed).Add(step.Item);
            DropRespelled(old.Tags, now.Tags, added, removed);
        }
        var metadata = ImmutableArray.CreateBuilder<MetadataChange>();
        if (!ReferenceEquals(old.Metadata, now.Metadata))
        {
            foreach (string key in SortedMerge.Union(old.Metadata.Keys, now.Metadata.Keys, StringComparer.Ordinal))
            {
                string? was = old.Metadata.GetValueOrDefault(key), becomes = now.Metadata.GetValueOrDefault(key);
                if (was != becomes) metadata.Add(new MetadataChange(key, was, becomes));
            }
        }
        return new CapabilityDiff([.. added], [.. removed], metadata.DrainToImmutable());
    }

    // A tag did not come if the other side says the same with the other separator; nor did it go.
    private static void DropRespelled(ImmutableSortedSet<string> old, ImmutableSortedSet<string> now, List<string> added, List<string> removed)
    {
        added.RemoveAll(tag => Respelled(tag) is { } other && old.Contains(other));
        removed.RemoveAll(tag => Respelled(tag) is { } other && now.Contains(other));
    }

    private static string? Respelled(string text) => Tag.TryParse(text, out Tag tag) ? tag.Respelled() : null;
}
