namespace Dataforts.Lifecycle;

/// <summary>A pace that can be changed while work goes on at it. Thread-safe.</summary>
public sealed class CollectionPace
{
    private long _chunksPerSecond;

    /// <summary>The most chunks in a second; 0 for as fast as it goes.</summary>
    public long ChunksPerSecond
    {
        get => Interlocked.Read(ref _chunksPerSecond);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Interlocked.Exchange(ref _chunksPerSecond, value);
        }
    }
}
