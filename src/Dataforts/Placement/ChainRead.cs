using Dataforts.Greedy.Caching;
using Dataforts.Mesh;

namespace Dataforts.Placement;

/// <summary>An event that was read.</summary>
/// <param name="Event">What it is.</param>
/// <param name="Source">Who gave it; this node itself when it was here.</param>
/// <param name="Asked">Holders that were asked in vain before.</param>
public readonly record struct ChainRead(CachedEvent Event, NodeId Source, int Asked);
