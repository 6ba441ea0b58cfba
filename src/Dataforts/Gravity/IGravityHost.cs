namespace Dataforts.Gravity;

/// <summary>What gravity needs of the node it runs in.</summary>
/// <remarks>Its members are called by one tick at a time.</remarks>
public interface IGravityHost<TKey>
    where TKey : struct
{
    /// <summary>The node's id.</summary>
    ulong Id { get; }

    /// <summary>What the node may pull, as it is now.</summary>
    GravityStanding Standing { get; }

    /// <summary>Room for copies that is free; below zero while there are more of them than there is room for.</summary>
    long FreeBytes { get; }

    /// <summary>The directory's snapshot. It may be one that many nodes share: where this node is among them, it is passed over.</summary>
    IReadOnlyList<IGravityPeer<TKey>> Peers { get; }

    /// <summary>The round trip to a peer, as measured here; what the host assumes while it has not been.</summary>
    TimeSpan RoundTripTo(IGravityPeer<TKey> peer);

    /// <summary>Whether the node has it.</summary>
    bool Holds(TKey key);

    /// <summary>Whether a copy is on its way here, for a reader or for gravity.</summary>
    bool IsInFlight(TKey key);

    /// <summary>What a copy takes, as far as it is known; 0 when it is not.</summary>
    long SizeBytesOf(TKey key);

    /// <summary>Adds those that have it, as the directory knows them.</summary>
    void AddHolders(TKey key, List<IGravityPeer<TKey>> destination);

    /// <summary>Adds copies that may leave if others have them: of the least demand first, and enough of them for the bytes. Others need not be
    /// named.</summary>
    void AddVictims(long bytes, List<(TKey Key, long SizeBytes)> destination);

    /// <summary>Withdraws the advertisement of a copy, then lets the copy go.</summary>
    ValueTask DropAsync(TKey key, CancellationToken cancellationToken);

    /// <summary>Fetches a copy the way any read does, verified, at background class, from the peer or whoever has it, keeps it and advertises it. What makes
    /// room for it goes after that.</summary>
    /// <returns>False when nobody had it.</returns>
    ValueTask<bool> PullAsync(TKey key, IGravityPeer<TKey> from, CancellationToken cancellationToken);

    /// <summary>Puts a tick's changes into the node's announcement, in one edit.</summary>
    /// <returns>Whether they were taken.</returns>
    ValueTask<bool> AnnounceAsync(IReadOnlyList<HeatChange<TKey>> changes, CancellationToken cancellationToken);
}
