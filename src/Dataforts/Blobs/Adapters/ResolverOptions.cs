namespace Dataforts.Blobs.Adapters;

/// <summary>What a resolver may do on behalf of its caller.</summary>
public sealed record ResolverOptions
{
    /// <summary>The schemes of refs that are resolved, compared case-sensitively. A ref is not a permission: whoever takes refs from others says here
    /// where they may lead.</summary>
    /// <value><c>mesh</c> alone.</value>
    public IReadOnlyList<string> AllowedSchemes { get; init; } = ["mesh"];

    /// <summary>The adapter that serves every ref.</summary>
    /// <value>Null: the one that lists the ref's scheme.</value>
    public string? AdapterId { get; init; }

    /// <summary>The most that is assembled in memory for one call.</summary>
    /// <value><see cref="BlobLimits.MaxBufferedReadBytes"/>, which is also the most there can be.</value>
    public long MaxBufferedBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, BlobLimits.MaxBufferedReadBytes);
            field = value;
        }
    } = BlobLimits.MaxBufferedReadBytes;

    /// <summary>Where long streams are verified aside, in files without a name.</summary>
    /// <value>Null: the system's folder for such files.</value>
    public string? AsideFolder { get; init; }
}
