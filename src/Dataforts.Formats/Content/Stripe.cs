using System.Collections.Immutable;

namespace Dataforts.Content;

/// <summary>A group of chunks that is protected together.</summary>
/// <param name="Encoding">Replicated: data chunks only, at least one. Reed-Solomon(k, m): k data chunks, then m of parity.</param>
/// <param name="Chunks">The chunks in order.</param>
/// <remarks>Checked when it is put into an <see cref="ErasureLeafNode"/>, not before.</remarks>
public readonly record struct Stripe(BlobEncoding Encoding, ImmutableArray<TreeChunk> Chunks)
{
    /// <inheritdoc/>
    public bool Equals(Stripe other) => Encoding == other.Encoding && Chunks.AsSpan().SequenceEqual(other.Chunks.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Encoding, Chunks.IsDefaultOrEmpty ? 0 : HashCode.Combine(Chunks.Length, Chunks[0], Chunks[^1]));
}
