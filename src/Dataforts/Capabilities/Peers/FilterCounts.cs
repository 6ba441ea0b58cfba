namespace Dataforts.Capabilities.Peers;

/// <summary>What was not taken over from an offer.</summary>
/// <param name="Unclaimed">Heats of chains that the peer does not claim to hold.</param>
/// <param name="Surplus">Blob heats and wants over <see cref="PeerLimits"/>, and second ones of one thing.</param>
/// <param name="Malformed">Texts that begin as heat and are none.</param>
/// <param name="Keys">Reserved keys of the metadata.</param>
public readonly record struct FilterCounts(int Unclaimed, int Surplus, int Malformed, int Keys);
