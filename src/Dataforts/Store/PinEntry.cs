using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A ref that is kept without a name.</summary>
/// <param name="Ref">What is kept.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record PinEntry(BlobRef Ref, DateTimeOffset CreatedAt)
{
    /// <summary>How far it keeps.</summary>
    public RootReach Reach { get; init; }
}
