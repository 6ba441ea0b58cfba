namespace Dataforts.Capabilities;

/// <summary>Something that only one of two ordered lists has.</summary>
/// <param name="Item">What.</param>
/// <param name="IsAdded">Whether the second has it.</param>
internal readonly record struct MergeStep<T>(T Item, bool IsAdded);
