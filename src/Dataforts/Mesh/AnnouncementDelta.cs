using System.Collections.Immutable;

namespace Dataforts.Mesh;

/// <summary>What changed from one of a node's announcements to another: what goes over a wire to a reader that has the first.</summary>
/// <param name="BaseVersion">The version that it starts from; a reader with another one asks for the whole.</param>
/// <param name="Version">The version that it leads to.</param>
/// <param name="Added">Tags that came, ordered.</param>
/// <param name="Removed">Tags that went, ordered.</param>
/// <param name="Metadata">Keys that changed, with their new values; null where one went.</param>
public sealed record AnnouncementDelta(
    ulong BaseVersion, ulong Version, ImmutableArray<string> Added, ImmutableArray<string> Removed, ImmutableArray<KeyValuePair<string, string?>> Metadata)
{
    /// <summary>Bytes it takes on a wire, as <see cref="Announcement.WireBytes"/> counts them.</summary>
    public long WireBytes { get; } = 72 + Added.Sum(Cost) + Removed.Sum(Cost) + Metadata.Sum(pair => pair.Key.Length + (pair.Value?.Length ?? 0) + 4L);

    /// <summary>The change between two offers, in one walk over both.</summary>
    public static AnnouncementDelta Between(Announcement before, Announcement after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ImmutableArray<string>.Builder added = ImmutableArray.CreateBuilder<string>(), removed = ImmutableArray.CreateBuilder<string>();
        if (!ReferenceEquals(before.Offer.Tags, after.Offer.Tags)) Walk(before.Offer.Tags, after.Offer.Tags, added, removed);
        return new AnnouncementDelta(
            before.Version, after.Version, added.DrainToImmutable(), removed.DrainToImmutable(), MetadataBetween(before.Offer.Metadata, after.Offer.Metadata));
    }

    /// <summary>The offer it leads to.</summary>
    /// <param name="offer">The offer of <see cref="BaseVersion"/>.</param>
    public Offer ApplyTo(Offer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ImmutableSortedDictionary<string, string>.Builder metadata = offer.Metadata.ToBuilder();
        foreach ((string key, string? value) in Metadata)
        {
            if (value is null) metadata.Remove(key);
            else metadata[key] = value;
        }
        return new Offer(offer.Tags.Except(Removed).Union(Added), metadata.ToImmutable());
    }

    private static void Walk(
        ImmutableSortedSet<string> before, ImmutableSortedSet<string> after, ImmutableArray<string>.Builder added, ImmutableArray<string>.Builder removed)
    {
        ImmutableSortedSet<string>.Enumerator old = before.GetEnumerator(), now = after.GetEnumerator();
        bool hasOld = old.MoveNext(), hasNow = now.MoveNext();
        while (hasOld || hasNow)
        {
            int order = !hasOld ? 1 : !hasNow ? -1 : string.CompareOrdinal(old.Current, now.Current);
            if (order < 0) removed.Add(old.Current);
            else if (order > 0) added.Add(now.Current);
            if (order <= 0) hasOld = old.MoveNext();
            if (order >= 0) hasNow = now.MoveNext();
        }
    }

    private static ImmutableArray<KeyValuePair<string, string?>> MetadataBetween(
        ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after)
    {
        if (ReferenceEquals(before, after)) return [];
        ImmutableArray<KeyValuePair<string, string?>>.Builder changes = ImmutableArray.CreateBuilder<KeyValuePair<string, string?>>();
        foreach ((string key, string value) in after)
        {
            if (!before.TryGetValue(key, out string? old) || old != value) changes.Add(new(key, value));
        }
        foreach (string key in before.Keys.Where(key => !after.ContainsKey(key))) changes.Add(new(key, null));
        return changes.DrainToImmutable();
    }

    private static long Cost(string tag) => tag.Length + 2L;
}
