namespace Dataforts.Directories;

/// <summary>Something in a folder that a tree cannot hold.</summary>
/// <param name="Path">Where it is, relative to the root.</param>
/// <param name="Type">What it is: <c>fifo</c>, <c>socket</c>, <c>device</c>.</param>
public sealed record SkippedNode(string Path, string Type);
