namespace Dataforts.Placement;

/// <summary>Something that a node did about where data lies.</summary>
/// <param name="Deed">What.</param>
/// <param name="Chain">To which chain: its origin hash.</param>
/// <param name="Level">The hundredths of heat that were told; 0 for all else.</param>
public readonly record struct PlacementEvent(PlacementDeed Deed, ulong Chain, int Level);
