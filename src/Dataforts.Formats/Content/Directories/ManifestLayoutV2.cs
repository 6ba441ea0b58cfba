namespace Dataforts.Content.Directories;

/// <summary>Numbers of the compact form; docs/FORMAT.md specifies it.</summary>
internal static class ManifestLayoutV2
{
    /// <summary>In the flags: files and directories have times.</summary>
    public const uint TimesFlag = 1;

    /// <summary>Stands where an entry's kind would: the totals follow.</summary>
    public const byte End = 3;

    /// <summary>Before a ref: all of it follows, or all but the default URI.</summary>
    public const byte WholeRef = 0, RefWithoutUri = 1;

    public static ulong ZigZag(long value) => ((ulong)value << 1) ^ (ulong)(value >> 63);

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
