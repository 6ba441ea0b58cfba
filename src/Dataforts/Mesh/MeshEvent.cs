using System.Collections.Immutable;

namespace Dataforts.Mesh;

/// <summary>An event on a channel as it comes from the mesh.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Origin">The publisher's origin hash: one for each publisher; 0 when that is not known.</param>
/// <param name="Publisher">The node that published it, as the mesh knows it and not as the event says.</param>
/// <param name="Sequence">Its place in the channel, from 0.</param>
/// <param name="PublishedAt">When, by the publisher's clock.</param>
/// <param name="Payload">Inline bytes, or an encoded ref where <paramref name="IsRef"/> says so.</param>
/// <param name="IsRef">Whether the payload is an encoded ref.</param>
/// <param name="Hints">The publisher's wishes for this event.</param>
public readonly record struct MeshEvent(
    string Channel, ulong Origin, NodeId Publisher, ulong Sequence, DateTimeOffset PublishedAt, ReadOnlyMemory<byte> Payload, bool IsRef,
    ImmutableSortedDictionary<string, string>? Hints);
