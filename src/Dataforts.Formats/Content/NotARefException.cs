namespace Dataforts.Content;

/// <summary>What was given is not a ref at all: it does not begin as one does. A payload of that sort is inline data.</summary>
public sealed class NotARefException : BlobFormatException
{
    internal NotARefException(string message)
        : base(message)
    {
    }
}
