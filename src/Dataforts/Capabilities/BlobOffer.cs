using System.Globalization;

namespace Dataforts.Capabilities;

/// <summary>What a node offers to blobs: its tags <c>dataforts.blob.*</c>.</summary>
/// <param name="HasStorage">Whether it stores any.</param>
/// <param name="DiskTotalGb">Its disk, in GiB.</param>
/// <param name="DiskFreeGb">What is free of it, in GiB, as old as the announcement.</param>
/// <param name="TakesOverflow">Whether full nodes may send to it.</param>
public sealed record BlobOffer(bool HasStorage, ulong DiskTotalGb, ulong DiskFreeGb, bool TakesOverflow)
{
    private const string Prefix = "dataforts.blob.";

    /// <summary>What no tags say.</summary>
    public static BlobOffer None { get; } = new(false, 0, 0, false);

    /// <summary>Its tags: nothing for what is false or zero.</summary>
    public IEnumerable<string> Tags()
    {
        if (HasStorage) yield return $"{Prefix}storage";
        if (DiskTotalGb != 0) yield return string.Create(CultureInfo.InvariantCulture, $"{Prefix}disk_total_gb={DiskTotalGb}");
        if (DiskFreeGb != 0) yield return string.Create(CultureInfo.InvariantCulture, $"{Prefix}disk_free_gb={DiskFreeGb}");
        if (TakesOverflow) yield return $"{Prefix}overflow";
    }

    internal static bool IsOne(string tag) => tag.StartsWith(Prefix, StringComparison.Ordinal);

    internal static BlobOffer Read(CapabilitySet set) => new(
        set.Facts.HasKey($"{Prefix}storage"), Number(set, "disk_total_gb"), Number(set, "disk_free_gb"), set.Facts.HasKey($"{Prefix}overflow"));

    private static ulong Number(CapabilitySet set, string key) =>
        ulong.TryParse(set.Facts.Text(Prefix + key), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : 0;
}
