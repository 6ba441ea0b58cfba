namespace Dataforts.Greedy.Caching;

/// <summary>Claims to be made and withdrawn in one announcement.</summary>
internal sealed class ClaimBatch
{
    /// <summary>Origins of which something is held now, in ascending order.</summary>
    public List<ulong> Advertise { get; } = [];

    /// <summary>Origins of which nothing is held any more, in ascending order.</summary>
    public List<ulong> Withdraw { get; } = [];

    /// <summary>Channels whose memory is to be freed after it.</summary>
    public List<CachedChannel> Leaving { get; } = [];

    public bool IsEmpty => Advertise.Count == 0 && Withdraw.Count == 0;
}
