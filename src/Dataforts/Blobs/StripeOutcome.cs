using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>What a repair found of one stripe and made of it.</summary>
/// <param name="Number">Which stripe of the blob, from 0, in the order of the content; of stripes in a node that is repeated, the first.</param>
/// <param name="Encoding">Its code.</param>
/// <param name="Lost">Chunks that were missing or wrong.</param>
/// <param name="RestoredData">Data chunks that were put back.</param>
/// <param name="RestoredParity">Parity chunks that were put back.</param>
/// <param name="RestoredCopies">Further copies of chunks that were put back.</param>
public sealed record StripeOutcome(
    long Number, BlobEncoding Encoding, IReadOnlyList<BlobHash> Lost, int RestoredData, int RestoredParity, int RestoredCopies)
{
    /// <summary>Whether chunks of it are lost for good.</summary>
    public bool IsUnrecoverable => RestoredData + RestoredParity < Lost.Count;

    /// <summary>Whether nothing was amiss.</summary>
    public bool IsHealthy => Lost.Count == 0 && RestoredCopies == 0;
}
