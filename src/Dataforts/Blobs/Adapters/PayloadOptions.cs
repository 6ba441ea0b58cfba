namespace Dataforts.Blobs.Adapters;

/// <summary>How a payload is turned into what an event carries.</summary>
public sealed record PayloadOptions
{
    /// <summary>Up to here a payload travels inline; 0 to store every one. What begins as a ref does is stored whatever its length, for nobody
    /// could tell it from one.</summary>
    /// <value><see cref="AdapterLimits.InlineMaxBytes"/>.</value>
    public int InlineMaxBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, BlobLimits.AutoSmallMaxBytes);
            field = value;
        }
    } = AdapterLimits.InlineMaxBytes;

    /// <summary>How what is stored is stored: shape, cutting, URI, name, durability.</summary>
    /// <value>The writer's own choice, <see cref="Durability.Buffered"/>.</value>
    public PutOptions Put { get; init; } = new();
}
