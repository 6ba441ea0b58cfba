using Dataforts.Content;

namespace Dataforts.Blobs.Striping;

/// <summary>How chunks become stripes, by the code asked for and whether the last stripe is protected too.</summary>
/// <param name="Code">Reed-Solomon(k, m).</param>
/// <param name="ProtectsTail">False: as other implementations of the format do it, with stripes of k chunks whatever they are and a rest
/// without parity.</param>
internal readonly record struct StripeRules(BlobEncoding Code, bool ProtectsTail)
{
    /// <summary>Data chunks of a stripe that is full. A protected one has at least two: the parity of a single chunk is that chunk, and a store
    /// keeps the same bytes once.</summary>
    public int FullChunks =>
        ProtectsTail && Code.DataShards == 1 && HasRoomFor(2) ? 2 : Code.DataShards;

    /// <summary>Whether a stripe may have so many data chunks beside its parity.</summary>
    public bool HasRoomFor(int dataChunks) => dataChunks + Code.ParityShards <= FormatLimits.StripeMaxShards;

    /// <summary>The code of a stripe of so many data chunks.</summary>
    public BlobEncoding CodeOf(int dataChunks) => BlobEncoding.ReedSolomon(dataChunks, Code.ParityShards);
}
