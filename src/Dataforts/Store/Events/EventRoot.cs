using Dataforts.Content;

namespace Dataforts.Store.Events;

/// <summary>What an event keeps.</summary>
/// <param name="Channel">Its channel's number in the log.</param>
/// <param name="Sequence">Its own.</param>
/// <param name="Ref">The blob.</param>
/// <param name="IsDirectory">Whether it keeps what the blob, a directory's manifest, lists.</param>
/// <param name="WrittenAtMs">When it was appended, Unix milliseconds; 0 for now.</param>
internal readonly record struct EventRoot(ulong Channel, ulong Sequence, BlobRef Ref, bool IsDirectory, long WrittenAtMs);
