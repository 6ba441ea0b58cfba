namespace Dataforts.Mesh;

/// <summary>Answers a peer's request.</summary>
/// <param name="peer">Who asks, as the mesh knows it.</param>
/// <param name="body">At most <see cref="MeshLimits.MaxMessageBytes"/>; not to be kept.</param>
/// <param name="cancellationToken">The asker has gone, or this node stops.</param>
/// <returns>The reply, at most <see cref="MeshLimits.MaxMessageBytes"/>.</returns>
public delegate ValueTask<ReadOnlyMemory<byte>> RequestHandler(NodeId peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
