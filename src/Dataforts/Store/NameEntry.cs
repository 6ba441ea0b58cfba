using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A name and what it stands for.</summary>
/// <param name="Name">See <see cref="BlobName"/>.</param>
/// <param name="Ref">What it names.</param>
/// <param name="CreatedAt">When it was set.</param>
/// <param name="ExpiresAt">When it ceases to be; null for never.</param>
public sealed record NameEntry(string Name, BlobRef Ref, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>How far it keeps.</summary>
    public RootReach Reach { get; init; }
}
