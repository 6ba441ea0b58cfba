namespace Dataforts.Capabilities.Peers;

/// <summary>What an index has done since it was made.</summary>
/// <param name="Peers">Peers that it knows now.</param>
/// <param name="Inserted">Peers that came.</param>
/// <param name="Replaced">Announcements that changed something.</param>
/// <param name="Refreshed">Announcements that said the same again.</param>
/// <param name="Rejected">Those that were older than what was known.</param>
/// <param name="Removed">Peers that the mesh says are gone.</param>
/// <param name="Expired">Peers whose announcement was past its deadline.</param>
/// <param name="Marks">Entries that were written or removed: the work done.</param>
/// <param name="HeatUnclaimed">Heats dropped because the chain is not claimed.</param>
/// <param name="HeatSurplus">Heats dropped because they were too many, or second ones.</param>
/// <param name="HeatMalformed">Texts dropped because they begin as heat and are none.</param>
/// <param name="HeatHeld">Changes of heat put off because the peer made too many.</param>
/// <param name="KeysStripped">Reserved keys taken out of metadata.</param>
public readonly record struct IndexCounters(
    int Peers, long Inserted, long Replaced, long Refreshed, long Rejected, long Removed, long Expired, long Marks,
    long HeatUnclaimed, long HeatSurplus, long HeatMalformed, long HeatHeld, long KeysStripped);
