using Dataforts.Content;

namespace Dataforts.Blobs.Striping;

/// <summary>Data chunks, one behind the other in the content, that make a stripe.</summary>
/// <param name="Chunks">At least one.</param>
/// <param name="Code">Reed-Solomon with as many data shards as there are chunks, or Replicated: no parity.</param>
/// <param name="NeedsCopies">Whether its chunks, which have no parity, have to be kept several times over.</param>
internal sealed record StripeGroup(IReadOnlyList<TreeChunk> Chunks, BlobEncoding Code, bool NeedsCopies);
