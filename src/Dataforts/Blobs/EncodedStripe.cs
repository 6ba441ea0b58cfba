using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>A stripe whose parity is stored.</summary>
/// <param name="Stripe">Its chunks, data and parity.</param>
/// <param name="StoredBytes">Bytes of parity that were not there before.</param>
/// <param name="Alike">Chunks that stand for more than one shard, or have no parity: one loss would cost more than the code can bear.</param>
internal sealed record EncodedStripe(Stripe Stripe, long StoredBytes, IReadOnlyList<BlobHash> Alike);
