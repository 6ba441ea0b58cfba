using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>A part of a chunk that a read wants.</summary>
/// <param name="Hash">The chunk.</param>
/// <param name="ChunkBytes">How long the chunk is, by the ref or node that names it.</param>
/// <param name="Start">The first byte wanted.</param>
/// <param name="Length">Bytes wanted, at least 1 unless the chunk is empty.</param>
/// <param name="Stripe">The Reed-Solomon stripe that the chunk can be rebuilt from; the default value when there is none.</param>
internal readonly record struct PlannedSlice(BlobHash Hash, int ChunkBytes, int Start, int Length, Stripe Stripe = default);
