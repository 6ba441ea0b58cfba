namespace Dataforts.Content;

/// <summary>A ref or tree node that breaks a rule of the format, met when decoding, constructing or building one.</summary>
public sealed class DecodeException : BlobFormatException
{
    internal DecodeException(DecodeError reason, string message)
        : base(message) => Reason = reason;

    /// <summary>The rule that was broken.</summary>
    public DecodeError Reason { get; }
}
