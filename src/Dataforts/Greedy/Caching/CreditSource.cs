namespace Dataforts.Greedy.Caching;

/// <summary>Where a channel's byte budget comes from: pieces of the node's, so that channels meet at the bucket once a piece and not once an event.</summary>
/// <param name="bucket">The node's budget.</param>
/// <param name="time">The clock that the bucket goes by.</param>
internal sealed class CreditSource(TokenBucket bucket, TimeProvider time)
{
    /// <summary>The largest piece, and the share of the bucket that a piece is at most.</summary>
    private const long LargestPiece = 64 << 10;
    private const long SmallestShare = 32;

    private readonly long _piece = Math.Min(LargestPiece, bucket.CapacityBytes / SmallestShare);

    public TokenBucket Bucket => bucket;

    /// <summary>Pays for bytes out of a channel's credit, or out of the bucket where that is not enough.</summary>
    /// <param name="credit">What the channel has left; taken from, and raised by what is left of a new piece.</param>
    /// <param name="bytes">The price.</param>
    /// <param name="reserveBytes">How much must be left in the bucket for others.</param>
    public bool TryPay(ref long credit, long bytes, long reserveBytes)
    {
        if (credit >= bytes && reserveBytes == 0)
        {
            credit -= bytes;
            return true;
        }
        long now = time.GetTimestamp();
        if (bytes <= bucket.CapacityBytes - _piece && bucket.TryTake(bytes + _piece, now, reserveBytes))
        {
            credit += _piece;
            return true;
        }
        return bucket.TryTake(bytes, now, reserveBytes);
    }
}
