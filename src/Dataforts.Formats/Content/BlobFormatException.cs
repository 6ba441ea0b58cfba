namespace Dataforts.Content;

/// <summary>Bytes or values that do not obey the format of refs and tree nodes. The message is fit to be shown.</summary>
public abstract class BlobFormatException : FormatException
{
    private protected BlobFormatException(string message)
        : base(message)
    {
    }
}
