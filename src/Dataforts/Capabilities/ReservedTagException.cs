namespace Dataforts.Capabilities;

/// <summary>A user's tag has a prefix that only this layer writes.</summary>
public sealed class ReservedTagException : ArgumentException
{
    internal ReservedTagException(string prefix, string tag)
        : base($"The tag '{tag}' has the reserved prefix '{prefix}'.") => (Prefix, Tag) = (prefix, tag);

    /// <summary>The prefix, with its colon.</summary>
    public string Prefix { get; }

    /// <summary>The tag.</summary>
    public string Tag { get; }
}
