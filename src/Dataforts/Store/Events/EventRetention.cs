namespace Dataforts.Store.Events;

/// <summary>How much of a channel stays. Limits combine: what one of them drops is dropped.</summary>
/// <param name="MaxCount">The newest so many events; null for any number, else at least 1.</param>
/// <param name="MaxBytes">The newest events with so many payload bytes together; null for any number, else at least 1. The newest event stays whatever its size.</param>
/// <param name="MaxAge">Events appended no longer ago than this; null for however long, else above zero.</param>
public sealed record EventRetention(long? MaxCount = null, long? MaxBytes = null, TimeSpan? MaxAge = null)
{
    /// <summary>Everything stays until it is trimmed.</summary>
    public static EventRetention Everything { get; } = new();
}
