using Dataforts.Capabilities;

namespace Dataforts.Gravity;

/// <summary>A key that a peer tells heat of. It shares the peer's snapshot; the floors that others set travel beside it.</summary>
/// <param name="Key">The chain or blob.</param>
/// <param name="Peer">Who tells, as it announced itself: the same object as in the directory.</param>
/// <param name="Level">Hundredths.</param>
/// <param name="GravityScope">The narrowest gravity scope of those enabled that tell heat of the key; the peer's own when none is.</param>
/// <param name="GreedyScope">The same of greedy.</param>
public readonly record struct PullOffer<TKey>(TKey Key, IGravityPeer<TKey> Peer, int Level, ScopeWidth GravityScope, ScopeWidth GreedyScope)
    where TKey : struct;
