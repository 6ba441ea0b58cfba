using Dataforts.Mesh;

namespace Dataforts.Greedy.Caching;

/// <summary>The bounds of the cache of channel events. All can be changed while it runs.</summary>
/// <remarks>Bytes are real ones: payloads, 24 bytes an event beside them, and what a block takes whether it is full or not.</remarks>
public sealed record GreedyLimits
{
    /// <summary>The least that a channel may be allowed.</summary>
    public const long LeastChannelCapBytes = 1 << 20;

    /// <summary>How many channels may be followed at most, by default and at all.</summary>
    public const int MostChannels = 1 << 20;

    /// <summary>How many origins may be advertised at most: half of the tags that an announcement holds, as each may have its heat beside it.</summary>
    public const int MostClaims = MeshLimits.MaxTags / 2;

    private const long DefaultNicPeak = 125_000_000;

    /// <summary>The most that one channel may hold; its oldest events make room for its newest. 1 MiB at least.</summary>
    public long ChannelCapBytes { get; init; } = 100L << 20;

    /// <summary>The most that all channels may hold; at least what one may.</summary>
    public long TotalCapBytes { get; init; } = 10L << 30;

    /// <summary>How many channels are followed at most, those that were evicted and are remembered among them.</summary>
    public int Channels { get; init; } = 1 << 16;

    /// <summary>How many origins are advertised at most. What is held beyond it is cached and served without a claim until there is room.</summary>
    public int Claims { get; init; } = 8192;

    /// <summary>The share of the network's rate that may be copied into the cache, above 0 and at most 1.</summary>
    public double BandwidthFraction { get; init; } = 0.25;

    /// <summary>The network's rate in bytes a second; null for one of 1 Gbit/s. At least 1.</summary>
    public long? NicPeakBytesPerSecond { get; init; }

    /// <summary>The byte budget: how much may be copied into the cache a second, at least 1.</summary>
    public long BytesPerSecond => Math.Max((long)(BandwidthFraction * (NicPeakBytesPerSecond ?? DefaultNicPeak)), 1);

    /// <summary>How long an evicted channel stays out, unless it is asked for often.</summary>
    public TimeSpan ReadmissionDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many more reads than twice the victim's an evicted channel must have missed to come back earlier.</summary>
    public int ReadmissionReads { get; init; } = 16;

    /// <summary>Throws when something is out of bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It names the property.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ChannelCapBytes, LeastChannelCapBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(TotalCapBytes, ChannelCapBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(Channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Channels, MostChannels);
        ArgumentOutOfRangeException.ThrowIfLessThan(Claims, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Claims, MostClaims);
        if (!(BandwidthFraction is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(BandwidthFraction), BandwidthFraction, "It is above 0 and at most 1.");
        if (NicPeakBytesPerSecond is { } peak) ArgumentOutOfRangeException.ThrowIfLessThan(peak, 1, nameof(NicPeakBytesPerSecond));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadmissionDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadmissionReads, 1);
    }
}
