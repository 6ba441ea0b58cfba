namespace Dataforts.Blobs.Adapters;

/// <summary>A payload was stored, and what was to follow failed. <see cref="Receipt"/> says what is there, so that only that need be tried again.</summary>
public sealed class PayloadException : DatafortsException
{
    /// <summary>Makes one.</summary>
    public PayloadException(ErrorKind kind, string message, PayloadReceipt receipt, Exception? inner = null)
        : base(kind, message, inner)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Receipt = receipt;
    }

    /// <summary>What was stored before the failure.</summary>
    public PayloadReceipt Receipt { get; }
}
