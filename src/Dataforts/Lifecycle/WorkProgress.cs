namespace Dataforts.Lifecycle;

/// <summary>How far a run is, or where the last one ended.</summary>
/// <param name="Done">Bytes dealt with.</param>
/// <param name="Total">Bytes in all; null where that is not known.</param>
public sealed record WorkProgress(long Done, long? Total);
