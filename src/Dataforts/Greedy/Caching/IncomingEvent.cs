namespace Dataforts.Greedy.Caching;

/// <summary>An event on its way into the cache; the payload is copied.</summary>
internal readonly ref struct IncomingEvent(ulong sequence, long timeMs, ReadOnlySpan<byte> payload)
{
    public ulong Sequence { get; } = sequence;

    public long TimeMs { get; } = timeMs;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
