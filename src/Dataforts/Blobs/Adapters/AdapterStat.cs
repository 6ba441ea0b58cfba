namespace Dataforts.Blobs.Adapters;

/// <summary>What an adapter knows of a blob without reading its content.</summary>
/// <param name="SizeBytes">Bytes of content, as stored.</param>
/// <param name="StoredAt">When it was stored last; null without <see cref="AdapterCapabilities.StatDetail"/>.</param>
public sealed record AdapterStat(ulong SizeBytes, DateTimeOffset? StoredAt = null);
