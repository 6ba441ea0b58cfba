namespace Dataforts.Content;

/// <summary>The three shapes of a ref; the value is the version byte on the wire.</summary>
public enum BlobRefKind
{
    /// <summary>One chunk.</summary>
    Small = FormatLimits.SmallVersion,

    /// <summary>A flat list of 4 MiB chunks, carried in the ref itself.</summary>
    Manifest = FormatLimits.ManifestVersion,

    /// <summary>The root of a tree of stored nodes.</summary>
    Tree = FormatLimits.TreeVersion,
}
