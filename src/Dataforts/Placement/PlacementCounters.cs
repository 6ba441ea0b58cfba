namespace Dataforts.Placement;

/// <summary>What a node counts since it was made.</summary>
/// <param name="Reads">Reads that came to an end.</param>
/// <param name="LocalReads">Those of them that were served from what is here.</param>
/// <param name="FailedReads">Those of them that nobody could serve.</param>
/// <param name="Retries">Holders that were asked in vain before another was.</param>
/// <param name="Pulls">Copies made.</param>
/// <param name="FailedPulls">Copies that could not be made.</param>
/// <param name="Drops">Copies that made room.</param>
/// <param name="Copies">Copies that are here now.</param>
/// <param name="Emissions">Changes of heat that were told, and taken back.</param>
/// <param name="UntoldClaims">Chains held now that are not told of, because there are too many.</param>
/// <param name="UntoldHeats">Changes of heat that were not told because there were too many.</param>
/// <param name="RefusedAnnouncements">Ticks whose announcement of heat was refused.</param>
public readonly record struct PlacementCounters(
    long Reads, long LocalReads, long FailedReads, long Retries, long Pulls, long FailedPulls, long Drops, int Copies,
    long Emissions, int UntoldClaims, long UntoldHeats, long RefusedAnnouncements);
