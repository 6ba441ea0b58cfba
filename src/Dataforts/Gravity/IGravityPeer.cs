using Dataforts.Capabilities;

namespace Dataforts.Gravity;

/// <summary>What gravity reads of a peer's announcement. Made once an announcement and never changed after, so that any number of candidates,
/// and of nodes in one process, share it.</summary>
public interface IGravityPeer<TKey>
    where TKey : struct
{
    /// <summary>The node's id.</summary>
    ulong Id { get; }

    /// <summary>Whether it takes part in gravity; only then its gravity scope binds others.</summary>
    bool IsGravityEnabled { get; }

    /// <summary>Whether it caches greedily; only then its greedy scope binds others.</summary>
    bool IsGreedyEnabled { get; }

    /// <summary>How far gravity may carry what it offers.</summary>
    ScopeWidth GravityScope { get; }

    /// <summary>How far others may cache what it offers.</summary>
    ScopeWidth GreedyScope { get; }

    /// <summary>Where it is; null when it does not say.</summary>
    string? Zone { get; }

    /// <summary>Where its zone is; null when it does not say.</summary>
    string? Region { get; }

    /// <summary>The heat it tells: its readers' demand, whether or not it has a copy.</summary>
    ReadOnlyMemory<HeatAdvert<TKey>> Heats { get; }

    /// <summary>Whether it will not let a key go to make room: it is its own. Of several that do not say so, all but one may.</summary>
    bool Keeps(TKey key) => false;
}
