namespace Dataforts.Content.Directories;

/// <summary>The forms of a directory manifest. The values are its first byte.</summary>
public enum ManifestForm : byte
{
    /// <summary>The form that other implementations share: UTF-8 paths, modes, refs and links.</summary>
    Shared = 1,

    /// <summary>Our own: names of any bytes, times where wanted, totals at the end, a third of the size.</summary>
    Compact = 2,
}
