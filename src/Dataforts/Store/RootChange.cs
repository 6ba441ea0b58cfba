namespace Dataforts.Store;

/// <summary>A root set, replaced or ended.</summary>
/// <param name="Before">What it was; null when it is new.</param>
/// <param name="After">What it is; null when it ended.</param>
internal readonly record struct RootChange(RootState? Before, RootState? After);
