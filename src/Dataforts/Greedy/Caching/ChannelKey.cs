namespace Dataforts.Greedy.Caching;

/// <summary>What tells cached chains apart: the channel and who publishes on it.</summary>
/// <param name="Hash">The canonical 64-bit hash of the channel's name.</param>
/// <param name="Name">The name itself, so that two names of one hash stay two.</param>
/// <param name="Origin">The publisher's 64-bit origin hash; 0 for an unknown one, which is never advertised.</param>
public readonly record struct ChannelKey(ulong Hash, string Name, ulong Origin)
{
    /// <inheritdoc/>
    public bool Equals(ChannelKey other) =>
        Hash == other.Hash && Origin == other.Origin
        && (ReferenceEquals(Name, other.Name) || string.Equals(Name, other.Name, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        ulong mixed = (Hash ^ (Origin * 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93;
        return (int)(mixed >> 32);
    }
}
