using Dataforts.Content;

namespace Dataforts.Mesh;

/// <summary>Gives a peer a chunk.</summary>
/// <param name="peer">Who asks, as the mesh knows it.</param>
/// <param name="chunk">Which.</param>
/// <param name="cancellationToken">The asker has gone, or this node stops.</param>
/// <returns>Its bytes, or null when it is not here.</returns>
public delegate ValueTask<ReadOnlyMemory<byte>?> ChunkHandler(NodeId peer, BlobHash chunk, CancellationToken cancellationToken);
