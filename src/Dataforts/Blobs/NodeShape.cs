namespace Dataforts.Blobs;

/// <summary>What is checked of a node against the node or ref that led to it.</summary>
internal readonly record struct NodeShape(ulong CoveredBytes, bool IsInner);
