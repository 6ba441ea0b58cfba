namespace Dataforts.Content;

/// <summary>A child of an internal node.</summary>
/// <param name="Hash">The child node's address.</param>
/// <param name="SizeBytes">How many bytes of content the child's subtree covers; at least 1.</param>
public readonly record struct TreeChild(BlobHash Hash, ulong SizeBytes);
