using System.Collections.Immutable;

namespace Dataforts.Mesh;

/// <summary>What a node says of itself: tags, and keys with values. Immutable and thread-safe; what it means is read elsewhere.</summary>
/// <param name="Tags">Ordered ordinally, each once.</param>
/// <param name="Metadata">Ordered ordinally.</param>
public sealed record Offer(ImmutableSortedSet<string> Tags, ImmutableSortedDictionary<string, string> Metadata)
{
    // Every reader in the process asks for it, so it is found once. Null: not looked yet; empty: nothing is wrong.
    private string? _objection;

    /// <summary>Nothing.</summary>
    public static Offer Empty { get; } = new(
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <inheritdoc cref="Offer(ImmutableSortedSet{string}, ImmutableSortedDictionary{string, string})" path="/param[@name='Tags']"/>
    public ImmutableSortedSet<string> Tags
    {
        get;
        init => (field, _objection) = (value.WithComparer(StringComparer.Ordinal), null);
    } = Tags.WithComparer(StringComparer.Ordinal);

    /// <inheritdoc cref="Offer(ImmutableSortedSet{string}, ImmutableSortedDictionary{string, string})" path="/param[@name='Metadata']"/>
    public ImmutableSortedDictionary<string, string> Metadata
    {
        get;
        init => (field, _objection) = (value.WithComparers(StringComparer.Ordinal), null);
    } = Metadata.WithComparers(StringComparer.Ordinal);

    /// <summary>Its length in characters, as <see cref="MeshLimits.MaxOfferLength"/> counts it.</summary>
    public long Length => Tags.Sum(tag => (long)tag.Length) + MetadataLength;

    private long MetadataLength => Metadata.Sum(pair => (long)pair.Key.Length + pair.Value.Length);

    /// <summary>This with tags taken away, then tags added.</summary>
    public Offer With(IEnumerable<string> added, IEnumerable<string>? removed = null) =>
        this with { Tags = (removed is null ? Tags : Tags.Except(removed)).Union(added) };

    /// <summary>This without the tags that <paramref name="isGone"/> picks.</summary>
    public Offer Without(Func<string, bool> isGone) => this with { Tags = Tags.Except(Tags.Where(isGone)) };

    /// <summary>This with a key set.</summary>
    public Offer WithMetadata(string key, string value) => this with { Metadata = Metadata.SetItem(key, value) };

    /// <summary>What is wrong with it, naming the limit; null when it may be announced.</summary>
    public string? Objection()
    {
        string found = _objection ??= Look() ?? "";
        return found.Length == 0 ? null : found;
    }

    /// <summary>Whether it is made of the same sets, not of equal ones: what was looked up for one holds for the other.</summary>
    public bool Equals(Offer? other) => other is not null && ReferenceEquals(Tags, other.Tags) && ReferenceEquals(Metadata, other.Metadata);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tags, Metadata);

    private string? Look()
    {
        if (Tags.Count > MeshLimits.MaxTags) return $"{Tags.Count} tags are over MaxTags ({MeshLimits.MaxTags})";
        foreach (string tag in Tags)
        {
            if (tag is null) return "a tag is null";
            if (tag.Length is 0 or > MeshLimits.MaxTagLength) return $"a tag of {tag.Length} characters is not within 1 and MaxTagLength ({MeshLimits.MaxTagLength})";
        }
        if (MetadataLength > MeshLimits.MaxMetadataLength) return $"metadata of {MetadataLength} characters is over MaxMetadataLength ({MeshLimits.MaxMetadataLength})";
        return Length > MeshLimits.MaxOfferLength ? $"an offer of {Length} characters is over MaxOfferLength ({MeshLimits.MaxOfferLength})" : null;
    }
}
