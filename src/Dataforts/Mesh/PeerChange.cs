namespace Dataforts.Mesh;

/// <summary>A peer that came, changed or went.</summary>
/// <param name="Id">Which.</param>
/// <param name="Before">What was known; null when it came.</param>
/// <param name="After">What is known; null when it went.</param>
public readonly record struct PeerChange(NodeId Id, Peer? Before, Peer? After);
