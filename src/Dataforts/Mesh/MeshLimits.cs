namespace Dataforts.Mesh;

/// <summary>What the seam to other nodes bounds (docs/LIMITS.md).</summary>
public static class MeshLimits
{
    /// <summary>The most tags in an offer.</summary>
    public const int MaxTags = 32 * 1024;

    /// <summary>The longest tag, in characters.</summary>
    public const int MaxTagLength = 512;

    /// <summary>Keys and values of an offer's metadata together, in characters.</summary>
    public const int MaxMetadataLength = 16 * 1024;

    /// <summary>All of an offer, in characters of tags, keys and values.</summary>
    public const int MaxOfferLength = 1024 * 1024;

    /// <summary>The longest request or reply, in bytes.</summary>
    public const int MaxMessageBytes = 1024 * 1024;

    /// <summary>The longest an announcement is believed, whatever it asks for.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(1);

    /// <summary>How long an announcement is believed unless it says otherwise.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Urgent announcements of a node that go out at once within an interval.</summary>
    public const int DefaultUrgentBurst = 8;

    /// <summary>Between two announcements of a node, but for urgent ones.</summary>
    public static readonly TimeSpan DefaultAnnounceInterval = TimeSpan.FromSeconds(10);
}
