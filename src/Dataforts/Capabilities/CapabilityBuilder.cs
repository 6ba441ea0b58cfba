using System.Collections.Immutable;
using Dataforts.Mesh;

namespace Dataforts.Capabilities;

/// <summary>Makes an offer from another by adding and removing. Meant for the change that <see cref="IMesh.Edit"/> makes, where edits take turns.</summary>
/// <remarks>Not thread-safe. What is said anew replaces what was said before: one heat a chain and a blob, one form of claim a chain.</remarks>
public sealed partial class CapabilityBuilder
{
    private readonly ImmutableSortedSet<string>.Builder _tags;
    private readonly ImmutableSortedDictionary<string, string>.Builder _metadata;

    /// <summary>Starts from an offer; from nothing when none is given.</summary>
    public CapabilityBuilder(Offer? offer = null)
    {
        Offer start = new CapabilitySet(offer ?? Offer.Empty).Offer;
        (_tags, _metadata) = (start.Tags.ToBuilder(), start.Metadata.ToBuilder());
    }

    /// <summary>The offer as it is now.</summary>
    public Offer Build() => new(_tags.ToImmutable(), _metadata.ToImmutable());

    /// <summary>Adds a user's tag, as <see cref="Tag.ParseUser"/> reads it.</summary>
    /// <returns>False for one that is empty or has a reserved prefix: it is left out.</returns>
    public bool TryAdd(string text)
    {
        if (!Tag.TryParse(text, out Tag tag) || tag.Kind == TagKind.Reserved) return false;
        RemoveMeaning(tag);
        _tags.Add(text);
        return true;
    }

    /// <summary>Removes a tag, however its value is set off.</summary>
    public CapabilityBuilder Remove(string text)
    {
        if (Tag.TryParse(text, out Tag tag)) RemoveMeaning(tag);
        return this;
    }

    /// <summary>Sets a key of the metadata; null removes it.</summary>
    public CapabilityBuilder Metadata(string key, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (value is null) _metadata.Remove(key);
        else _metadata[key] = value;
        return this;
    }

    /// <summary>Adds a scope by its label, such as <c>zone:a</c> or <c>tenant:x</c>, with or without <c>scope:</c>. One without a name, and <c>global</c>, say nothing.</summary>
    public CapabilityBuilder Scope(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (label.StartsWith(TagGrammar.Scope, StringComparison.Ordinal)) label = label[TagGrammar.Scope.Length..];
        if (label.Length > 0 && !label.EndsWith(':') && label != "global") _tags.Add(TagGrammar.Scope + label);
        return this;
    }

    /// <summary>Says which zone the node is in; an empty name says nothing.</summary>
    public CapabilityBuilder Zone(string name) => Scope($"zone:{name}");

    /// <summary>Says which region the node is in; an empty name says nothing.</summary>
    public CapabilityBuilder Region(string name) => Scope($"region:{name}");

    /// <summary>Says which tenant the node is for; an empty name says nothing.</summary>
    public CapabilityBuilder Tenant(string name) => Scope($"tenant:{name}");

    /// <summary>Says that the node is for its own subnet alone.</summary>
    public CapabilityBuilder SubnetLocal() => Scope("subnet-local");

    /// <summary>Replaces what the node offers to blobs.</summary>
    public CapabilityBuilder Blob(BlobOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        RemoveFrom("dataforts.blob.");
        _tags.UnionWith(offer.Tags());
        return this;
    }

    /// <summary>Replaces how the node takes part in a way of drifting.</summary>
    public CapabilityBuilder Drift(DriftAxis axis, DriftOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        RemoveFrom(DriftOffer.Prefix(axis));
        _tags.UnionWith(offer.Tags(axis));
        return this;
    }

    private void RemoveMeaning(Tag tag)
    {
        _tags.Remove(tag.Text);
        if (tag.Respelled() is { } other) _tags.Remove(other);
    }

    // Tags with one beginning stand together: this costs what it removes.
    private void RemoveFrom(string prefix, Func<string, bool>? isGone = null)
    {
        List<string> gone = [];
        int at = _tags.IndexOf(prefix);
        for (int i = at < 0 ? ~at : at; i < _tags.Count && _tags[i].StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            if (isGone is null || isGone(_tags[i])) gone.Add(_tags[i]);
        }
        _tags.ExceptWith(gone);
    }
}
