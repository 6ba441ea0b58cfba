using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A ref that is kept for somebody: by an explicit reference, or for a while because it was put, or ceased to be kept, not long ago.</summary>
/// <param name="Owner">Who keeps it, in the owner's own words; for a grace lease the hash of what is kept.</param>
/// <param name="Ref">What is kept.</param>
/// <param name="Reach">How far that goes.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">Until when; null for until it is released.</param>
/// <param name="IsGrace">Whether it only gives its ref time: such a one does not count when collection is told not to wait.</param>
public sealed record LeaseEntry(string Owner, BlobRef Ref, RootReach Reach, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, bool IsGrace);
