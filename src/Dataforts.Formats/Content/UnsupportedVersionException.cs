namespace Dataforts.Content;

/// <summary>A ref of a version this code does not know, of the frame or of the body.</summary>
public sealed class UnsupportedVersionException : BlobFormatException
{
    internal UnsupportedVersionException(string what, byte version)
        : base($"{what} version {version} is not supported.") => Version = version;

    /// <summary>The version found.</summary>
    public byte Version { get; }
}
