using Dataforts.Capabilities;

namespace Dataforts.Gravity;

/// <summary>What this node's readers want of a key, and what other nodes say of it.</summary>
internal record struct PullWish(double Rate, int Level)
{
    /// <summary>The narrowest gravity scope that is set for it.</summary>
    public ScopeWidth Gravity { get; set; } = ScopeWidth.Mesh;

    /// <summary>The narrowest greedy scope that is set for it.</summary>
    public ScopeWidth Greedy { get; set; } = ScopeWidth.Mesh;

    /// <summary>Nodes of this zone whose turn is before this one's; holders among them.</summary>
    public int Keener { get; set; }
}
