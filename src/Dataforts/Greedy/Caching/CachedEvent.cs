namespace Dataforts.Greedy.Caching;

/// <summary>An event as the cache holds it.</summary>
/// <param name="Sequence">Its number on its channel.</param>
/// <param name="TimeMs">When it was published, in Unix milliseconds, as its publisher says.</param>
/// <param name="Length">Bytes of its payload.</param>
public readonly record struct CachedEvent(ulong Sequence, long TimeMs, int Length);
