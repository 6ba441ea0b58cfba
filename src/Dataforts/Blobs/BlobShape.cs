namespace Dataforts.Blobs;

/// <summary>As what kind of ref a payload is stored.</summary>
public enum BlobShape
{
    /// <summary>Small up to one maximum chunk of the profile, at most <see cref="BlobLimits.AutoSmallMaxBytes"/>; else Tree.</summary>
    Auto,

    /// <summary>One chunk, up to 16 MiB.</summary>
    Small,

    /// <summary>A flat list of 4 MiB chunks, up to 16 GiB.</summary>
    Manifest,

    /// <summary>A tree of nodes over chunks of any size.</summary>
    Tree,
}
