namespace Dataforts.Capabilities;

/// <summary>A key of the metadata that differs between two sets. A renamed key is one that went and one that came.</summary>
/// <param name="Key">Which.</param>
/// <param name="Before">Its value before; null when it came.</param>
/// <param name="After">Its value after; null when it went.</param>
public readonly record struct MetadataChange(string Key, string? Before, string? After);
