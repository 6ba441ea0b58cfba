using Dataforts.Content;

namespace Dataforts;

/// <summary>Stored or received bytes are missing or wrong. Names the chunk; nothing of it was handed out.</summary>
public sealed class IntegrityException : DatafortsException
{
    /// <summary>Makes one about the chunk at <paramref name="hash"/>.</summary>
    public IntegrityException(ErrorKind kind, BlobHash hash, string message)
        : base(kind, message) => Hash = hash;

    /// <summary>The chunk's address.</summary>
    public BlobHash Hash { get; }

    internal static IntegrityException Missing(BlobHash hash) =>
        new(ErrorKind.ChunkMissing, hash, $"chunk {hash} is not in the store");

    internal static IntegrityException Corrupt(BlobHash hash, BlobHash actual) =>
        new(ErrorKind.ChunkCorrupt, hash, $"chunk {hash} is corrupt: its bytes hash to {actual}");

    internal static IntegrityException Length(BlobHash hash, long expected, long actual) =>
        new(ErrorKind.ChunkLength, hash, $"chunk {hash} has {actual} bytes where {expected} are declared");

    internal static IntegrityException Unrecoverable(BlobHash hash, DatafortsException cause) =>
        new(cause is IntegrityException ? cause.Kind : ErrorKind.ChunkMissing, hash,
            $"{cause.Message}, and its erasure stripe is unrecoverable: too few of its other chunks are whole");

    internal static IntegrityException Node(BlobHash hash, string reason) =>
        new(ErrorKind.NodeInvalid, hash, $"node {hash} is invalid: {reason}");
}
