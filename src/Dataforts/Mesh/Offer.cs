using System.Collections.Immutable;

namespace Dataforts.Mesh;

/// <summary>What a node says of itself: tags, and keys with values. Immutable and thread-safe; what it means is read elsewhere.</summary>
/// <param name="Tags">Ordered ordinally, each once.</param>
/// <param name="Metadata">Ordered ordinally.</param>
public sealed record Offer(ImmutableSortedSet<string> Tags, ImmutableSortedDictionary<string, string> Metadata)
{
    // Every reader in the process asks for these, so they are found once. Null and -1: not looked yet; an empty objection: nothing is wrong.
    private string? _objection;
    private long _length = -1;

    /// <summary>Nothing.</summary>
    public static Offer Empty { get; } = new(
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <inheritdoc cref="Offer(ImmutableSortedSet{string}, ImmutableSortedDictionary{string, string})" path="/param[@name='Tags']"/>
    public ImmutableSortedSet<string> Tags
    {
        get;
        init => (field, _objection, _length) = (value.WithComparer(StringComparer.Ordinal), null, -1);
    } = Tags.WithComparer(StringComparer.Ordinal);

    /// <inheritdoc cref="Offer(ImmutableSortedSet{string}, ImmutableSortedDictionary{string, string})" path="/param[@name='Metadata']"/>
    public ImmutableSortedDictionary<string, string> Metadata
    {
        get;
        init => (field, _objection, _length) = (value.WithComparers(StringComparer.Ordinal), null, -1);
    } = Metadata.WithComparers(StringComparer.Ordinal);

    /// <summary>Its length in characters, as <see cref="MeshLimits.MaxOfferLength"/> counts it.</summary>
    public long Length
    {
        get
        {
            long known = Volatile.Read(ref _length);
            if (known < 0) Volatile.Write(ref _length, known = Tags.Sum(tag => (long)(tag?.Length ?? 0)) + MetadataLength);
            return known;
        }
    }

    private long MetadataLength => Metadata.Sum(pair => (long)pair.Key.Length + (pair.Value?.Length ?? 0));

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
            if (tag is { Length: > 0 and <= MeshLimits.MaxTagLength }) continue;
            return $"a tag of {tag?.Length ?? 0} characters is not within 1 and MaxTagLength ({MeshLimits.MaxTagLength})";
        }
        if (Metadata.Values.Any(value => value is null)) return "metadata has a key without a value";
        if (MetadataLength > MeshLimits.MaxMetadataLength)
            return $"metadata of {MetadataLength} characters is over MaxMetadataLength ({MeshLimits.MaxMetadataLength})";
        return Length > MeshLimits.MaxOfferLength ? $"an offer of {Length} characters is over MaxOfferLength ({MeshLimits.MaxOfferLength})" : null;
    }
}
