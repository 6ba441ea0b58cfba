using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>One thing an adapter holds: a chunk, or a Small kept whole.</summary>
/// <param name="Hash">Its address.</param>
/// <param name="SizeBytes">Its bytes.</param>
/// <param name="StoredAt">When it was stored last, where the adapter knows.</param>
public readonly record struct AdapterEntry(BlobHash Hash, ulong SizeBytes, DateTimeOffset? StoredAt = null);
