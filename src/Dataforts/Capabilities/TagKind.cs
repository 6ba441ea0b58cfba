namespace Dataforts.Capabilities;

/// <summary>What kind of thing a tag says.</summary>
public enum TagKind
{
    /// <summary>Anything else, kept as it is: <c>nat:open</c>.</summary>
    Legacy,

    /// <summary>One with a reserved prefix, which only the layer's own builders write: <c>causal:</c>, <c>dataforts:</c>, <c>fork-of:</c>, <c>heat:</c>, <c>scope:</c>.</summary>
    Reserved,

    /// <summary>A key on one of the axes <c>hardware</c>, <c>software</c>, <c>devices</c>, <c>dataforts</c>, with or without a value.</summary>
    Axis,
}
